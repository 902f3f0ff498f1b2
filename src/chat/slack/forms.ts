import type { webApi } from '@slack/bolt'
import type { View } from '../../core/model/view.ts'
import type { Form } from '../chat.ts'
import { chatFailure, errorCodeOf, errorView } from './failure.ts'
import type { ModalView } from './render/rich.ts'
import { clip } from '../../core/model/letters.ts'
import { renderForm } from './render/modal.ts'
import { renderSlack } from './render/render.ts'
import { within } from './network.ts'

/** What a form carries along, unseen: whose button it was, and where the answer goes. */
export interface FormOrigin {
  readonly action: string
  /** null: the home page. */
  readonly channel: string | null
  readonly thread: string | null
  readonly responseUrl: string | null
}

/** A button's trigger lives three seconds: past this the form opens empty and is filled in afterwards. */
const OPEN_BY_MS = 1200

/** Opens the form a button asks for. The views say why there is none; `late`: Slack closed the door meanwhile. */
export async function openForm(
  client: webApi.WebClient,
  triggerId: string,
  origin: FormOrigin,
  wanted: Promise<Form | readonly View[]>,
  now: () => number,
): Promise<'opened' | 'late' | readonly View[]> {
  const early = await within(OPEN_BY_MS, wanted)
  if (early !== null && !isForm(early)) return early
  try {
    if (early !== null) {
      await client.views.open({ trigger_id: triggerId, view: viewOf(early, origin) })
      return 'opened'
    }
    const opened = await client.views.open({ trigger_id: triggerId, view: waiting() })
    // It stands open: whatever becomes of it is said in there.
    const form = await wanted.catch((error: unknown) => [errorView(chatFailure(error, 'fill in that form'))])
    const view = isForm(form) ? viewOf(form, origin) : said(form, now())
    await client.views.update({ view_id: opened.view?.id ?? '', view })
    return 'opened'
  } catch (error) {
    if (errorCodeOf(error)?.endsWith('_trigger_id')) return 'late'
    // Closed by the person before it was filled in.
    if (errorCodeOf(error) === 'not_found') return 'opened'
    throw error
  }
}

function viewOf(form: Form, origin: FormOrigin): ModalView {
  return renderForm(form, JSON.stringify(origin))
}

/** Reads what `viewOf` wrote; null: it was another version's. */
export function readOrigin(metadata: string): FormOrigin | null {
  try {
    const origin = JSON.parse(metadata) as Partial<FormOrigin> | null
    if (typeof origin?.action !== 'string') return null
    const { action, channel = null, thread = null, responseUrl = null } = origin
    return { action, channel, thread, responseUrl }
  } catch {
    return null
  }
}

/** Slack's message under the field at fault: the one it names, else the first; null: nothing is wrong with the input. */
export function inputErrors(
  views: readonly View[],
  blocks: readonly { readonly type: string; readonly block_id?: string }[],
): Record<string, string> | null {
  const [view] = views
  if (view?.kind !== 'error') return null
  const inputs = blocks.filter(({ type }) => type === 'input').map(({ block_id: id = '' }) => id)
  // `max` is not meant by `max-per-month`.
  const named = inputs.find((id) => new RegExp(`(?<![\\w-])${fieldOf(id)}(?![\\w-])`, 'i').test(view.message))
  const block = named ?? inputs[0]
  if (block === undefined) return null
  const hint = view.suggestion === null ? '' : ` ${view.suggestion}`
  return { [block]: clip(`${view.message}${hint}`, 250) }
}

function fieldOf(blockId: string): string {
  return blockId.replace(/^field:/, '').replaceAll(/[^\w-]/g, '.')
}

function isForm(value: Form | readonly View[]): value is Form {
  return !Array.isArray(value)
}

function waiting(): ModalView {
  return { type: 'modal', ...TITLE, blocks: [{ type: 'section', text: { type: 'plain_text', text: 'One moment …' } }] }
}

function said(views: readonly View[], now: number): ModalView {
  const blocks = views
    .flatMap((view) => renderSlack(view, { now, images: new Map() }).blocks)
    // A press in here would come from nowhere.
    .filter(({ type }) => type !== 'actions')
  return { type: 'modal', ...TITLE, blocks }
}

const TITLE = {
  title: { type: 'plain_text', text: 'Spinup' },
  close: { type: 'plain_text', text: 'Close' },
} as const
