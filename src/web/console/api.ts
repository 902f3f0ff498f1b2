import type { ConsolePage } from '../../core/model/message.ts'
import type { Form } from '../../core/model/form.ts'
import type { View } from '../../core/model/view.ts'
import type { Values } from './form.ts'
import type { Place } from './stream.ts'

export interface Completion {
  readonly text: string
  readonly hint: string
}

/** The bot's console API for the person called `name()`. Calls reject with an Error whose message can be shown. */
export interface Api {
  post(text: string): Promise<void>
  /** `values`: of the form that an `ask:` button opened. Rejects where it was refused, too. */
  press(action: string, values?: Values): Promise<void>
  /** The form that an `ask:` button opens; rejects with why there is none. */
  form(action: string): Promise<Form>
  /** What came after a place; null: everything there is. */
  after(place: Place | null): Promise<ConsolePage>
  complete(text: string, signal: AbortSignal): Promise<readonly Completion[]>
}

/** Long enough for a command that asks a provider, ms. */
const DEADLINE_MS = 30_000

export function createApi(name: () => string): Api {
  return {
    async post(text) {
      await call('/api/console/messages', { text, name: name() }, deadline())
    },
    async press(action, values) {
      const answer = await call('/api/console/actions', { action, values, name: name() }, deadline())
      const { views } = answer as { readonly views: readonly View[] }
      const refusal = views.map(refusalIn).find((text) => text !== null)
      // The card that says so may be far below; the button must not look as if it had worked.
      if (refusal !== undefined) throw new Error(refusal)
    },
    async form(action) {
      const answer = await call(`/api/console/form?action=${encodeURIComponent(action)}`, null, deadline())
      const { form, text } = answer as { readonly form?: Form; readonly text?: string }
      if (form === undefined) throw new Error(text ?? 'There is nothing to ask any more.')
      return form
    },
    // The answers below come from our own server, which types them.
    async after(place) {
      const from = place === null ? '' : `${place.epoch}.${place.cursor}`
      return (await call(`/api/console/messages?after=${from}`, null, deadline())) as ConsolePage
    },
    async complete(text, signal) {
      const answer = await call(`/api/console/complete?text=${encodeURIComponent(text)}`, null, signal)
      return (answer as { readonly completions: readonly Completion[] }).completions
    },
  }
}

/** Why nothing came of a press, in words; null: that is not what it says. */
function refusalIn(view: View): string | null {
  if (view.kind === 'error') return view.message
  return view.kind === 'answer' && (view.tone === 'warn' || view.tone === 'bad') ? view.title : null
}

function deadline(): AbortSignal {
  return AbortSignal.timeout(DEADLINE_MS)
}

/** `init`: what else is sent. Rejects with an Error whose message can be shown. */
export async function call(
  path: string,
  body: object | null,
  signal: AbortSignal,
  init: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<unknown> {
  const { headers, ...rest } = init
  const response = await fetch(path, {
    ...(body === null ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { ...headers, ...(body === null ? {} : { 'content-type': 'application/json' }) },
    ...rest,
    signal,
  }).catch((error: unknown) => {
    throw signal.aborted ? error : new Error('Spinup does not answer. Is the bot still running?', { cause: error })
  })
  if (response.status === 401) location.assign('/login')
  const answer: unknown = await response.json().catch(() => null)
  if (response.ok) return answer
  const message = typeof answer === 'object' && answer !== null && 'message' in answer ? String(answer.message) : ''
  throw new Error(message || `Spinup answered ${response.status}.`)
}
