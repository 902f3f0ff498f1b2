/** One message on the board. */
export interface Note {
  readonly id: string
  readonly channel: string
  readonly thread: string | null
  /** What its sender calls it; nobody sees that. */
  readonly mark: string
  text: string
  edits: number
}

export type BoardCall = 'post' | 'edit' | 'find' | 'openThread' | 'wake'

/** `lost`: it is done, and the answer never comes. `down`: it is not done, and nobody can tell. The others are answers. */
export type BoardFault = 'lost' | 'down' | 'busy' | 'refused' | 'closed'

export class BoardError extends Error {
  readonly code: BoardFault | 'gone' | 'asleep'
  constructor(code: BoardFault | 'gone' | 'asleep') {
    super(`the board says: ${code}`)
    this.code = code
  }
}

type Listener = (channel: string, person: string, text: string) => Promise<void>

/** A whole chat platform: notes in channels, threads below them, and faults as a test wants them. */
export interface Board {
  readonly calls: BoardCall[]
  /** What stands there now: the notes of a channel, or below one. */
  notes(channel: string, thread?: string | null): readonly Note[]
  remove(id: string): void
  /** Nobody has written to a thread for long: nothing in it can be edited. */
  sleep(thread: string): void
  /** The next calls of that kind fail, one fault each. */
  fail(call: BoardCall, ...faults: readonly BoardFault[]): void
  post(channel: string, thread: string | null, mark: string, text: string): Promise<string>
  edit(id: string, text: string): Promise<void>
  find(channel: string, thread: string | null, mark: string): Promise<string | null>
  openThread(id: string): Promise<string>
  wake(thread: string): Promise<void>
  /** Calls the listener with every line that people write, until the answer is called. */
  onLine(listener: Listener): () => void
  /** Somebody writes a line in a channel. */
  write(channel: string, person: string, text: string): Promise<void>
}

export function createBoard(): Board {
  const notes = new Map<string, Note>()
  const faults = new Map<BoardCall, BoardFault[]>()
  const calls: BoardCall[] = []
  const asleep = new Set<string>()
  const listeners = new Set<Listener>()
  let made = 0

  async function call<T>(name: BoardCall, work: () => T): Promise<T> {
    calls.push(name)
    // Others have their turn meanwhile, as on a wire.
    await new Promise((resolve) => setImmediate(resolve))
    const fault = faults.get(name)?.shift()
    if (fault !== undefined && fault !== 'lost') throw new BoardError(fault)
    const done = work()
    if (fault === 'lost') throw new BoardError('lost')
    return done
  }

  return {
    calls,
    notes: (channel, thread = null) =>
      [...notes.values()].filter((note) => note.channel === channel && note.thread === thread),
    remove: (id) => void notes.delete(id),
    sleep: (thread) => void asleep.add(thread),
    fail: (name, ...more) => void faults.set(name, [...(faults.get(name) ?? []), ...more]),
    post: (channel, thread, mark, text) =>
      call('post', () => {
        const id = `note-${++made}`
        notes.set(id, { id, channel, thread, mark, text, edits: 0 })
        return id
      }),
    edit: (id, text) =>
      call('edit', () => {
        const note = notes.get(id)
        if (note === undefined) throw new BoardError('gone')
        if (asleep.has(note.thread ?? '')) throw new BoardError('asleep')
        note.text = text
        note.edits++
      }),
    find: (channel, thread, mark) =>
      call('find', () => {
        const found = [...notes.values()].find(
          (note) => note.channel === channel && note.thread === thread && note.mark === mark,
        )
        return found?.id ?? null
      }),
    openThread: (id) => call('openThread', () => `below-${id}`),
    wake: (thread) => call('wake', () => void asleep.delete(thread)),
    onLine: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    write: async (channel, person, text) => {
      for (const listener of listeners) await listener(channel, person, text)
    },
  }
}
