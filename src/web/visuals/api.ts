import { call } from '../console/api.ts'
import type { Attempted, Saved, VisualKept, VisualsListed } from '../../core/visual/answers.ts'

/** What a picture is of, as it is picked. */
export interface Picked {
  readonly pool: string
  /** Empty: as the module says. */
  readonly of: string
  readonly last: string
  readonly options: Readonly<Record<string, string>>
}

/** All that the page begins with. */
export interface Known extends VisualsListed {
  readonly examples: readonly { readonly name: string; readonly source: string }[]
}

/** The bot's API, for the person called `name()`. Calls reject with an Error whose message can be shown. */
export interface VisualsClient {
  known(): Promise<Known>
  one(name: string, version?: number): Promise<VisualKept>
  /** `over`: the version it was made from, 0: none. */
  save(name: string, source: string, over: number): Promise<Saved>
  undo(name: string, version: number): Promise<Saved>
  remove(name: string): Promise<void>
  /** Gives what was said of it. */
  show(name: string, picked: Picked, how: { readonly place: string; readonly every: string | null }): Promise<string>
  attempt(source: string, picked: Picked, theme: 'dark' | 'light', signal: AbortSignal): Promise<Attempted>
}

const DEADLINE_MS = 40_000

export function createVisualsClient(name: () => string): VisualsClient {
  const ask = async <T>(
    path: string,
    body: object | null = null,
    method = body === null ? 'GET' : 'POST',
  ): Promise<T> => {
    const headers = { 'x-spinup-name': encodeURIComponent(name()) }
    // Our own server types what it answers.
    return (await call(`/api/visuals${path}`, body, AbortSignal.timeout(DEADLINE_MS), { method, headers })) as T
  }
  const orderOf = ({ pool, of, last, options }: Picked): object => ({
    ...(pool === '' ? {} : { pool }),
    of: of === '' ? [] : [of],
    last,
    options,
  })
  return {
    known: async () => {
      const examples = call('/api/visual-examples', null, AbortSignal.timeout(DEADLINE_MS))
      const [listed, known] = await Promise.all([ask<VisualsListed>(''), examples])
      return { ...listed, ...(known as Pick<Known, 'examples'>) }
    },
    one: (wanted, version) => ask<VisualKept>(`/${wanted}${version === undefined ? '' : `?version=${version}`}`),
    save: (wanted, source, over) => ask<Saved>('', { name: wanted, source, over }),
    undo: (wanted, version) => ask<Saved>(`/${wanted}/undo`, { version }),
    remove: (wanted) => ask<void>(`/${wanted}`, {}, 'DELETE'),
    show: async (wanted, picked, { place, every }) => {
      const order = { ...orderOf(picked), place, ...(every === null ? {} : { every }) }
      return (await ask<{ readonly text: string }>(`/${wanted}/show`, order)).text
    },
    attempt: async (source, picked, theme, signal) => {
      const body = { source, theme, ...orderOf(picked) }
      return (await call('/api/visuals/attempt', body, signal)) as Attempted
    },
  }
}
