import { render } from 'lit-html'
import type { Settings } from '../console/settings.ts'
import type { Toasts } from '../console/messages.ts'
import type { Attempted } from '../../core/visual/answers.ts'
import type { Known, Picked, VisualsClient } from './api.ts'
import { createEditor } from './editor.ts'
import { frame, type PageState } from './view.ts'

/** Writing rests this long before it is drawn, ms. */
const REST_MS = 400
const NOTHING: Picked = { pool: '', of: '', last: '', options: {} }
const NO_DATA: Known = { visuals: [], pools: [], places: [], examples: [] }

/** The page on which a team writes its visualisations, for as long as it is open. */
export function createVisualsPage(
  root: HTMLElement,
  {
    client,
    settings,
    toasts,
  }: { readonly client: VisualsClient; readonly settings: Settings; readonly toasts: Toasts },
): { readonly themed: () => void } {
  let known: Known = NO_DATA
  let state: Omit<PageState, 'known' | 'theme' | 'dirty'> = {
    name: '',
    isNew: true,
    versions: [],
    picked: NOTHING,
    place: '',
    every: { days: 'mon', time: '09:00' },
    about: null,
    picture: null,
    problem: null,
    drawing: false,
    busy: '',
  }
  let saved = ''
  let rest = 0
  let asking: AbortController | null = null

  draw()
  const editor = createEditor(part('editor'), { changed: written, save: () => void save() })
  void begin()

  function set(change: Partial<typeof state>): void {
    state = { ...state, ...change }
    draw()
  }

  function draw(): void {
    const dirty = root.hasChildNodes() && editor.text() !== saved
    render(
      frame(
        { ...state, known, theme: settings.theme(), dirty },
        {
          toggleTheme: settings.toggleTheme,
          open: (name) => void leaving('open', () => open(name)),
          start: (source) => void leaving('open', async () => start(source)),
          rename: (name) => set({ name }),
          pick: (change) => {
            set({ picked: { ...state.picked, ...change } })
            attempt()
          },
          goTo: (line) => editor.goTo(line),
          save: () => void save(),
          restore: (version) => void leaving('restore', () => restore(version)),
          remove: () => void leaving('remove', remove),
          where: (place) => set({ place }),
          when: (change) => set({ every: { ...state.every, ...change } }),
          show: () => void doing('show', () => show(null)),
          schedule: () => void doing('schedule', () => show(`${state.every.days} ${state.every.time}`)),
        },
      ),
      root,
    )
  }

  /** Says what went wrong; nothing else is begun meanwhile. */
  async function doing(what: PageState['busy'], work: () => Promise<void>): Promise<boolean> {
    if (state.busy !== '') return false
    set({ busy: what })
    try {
      await work()
      return true
    } catch (error) {
      toasts.show(error instanceof Error ? error.message : String(error), 'bad')
      return false
    } finally {
      set({ busy: '' })
    }
  }

  async function begin(): Promise<void> {
    await doing('open', async () => {
      known = await client.known()
      set({ place: known.places[0]?.id ?? '', picked: { ...NOTHING, pool: known.pools[0]?.name ?? '' } })
      const wanted = location.hash.slice(1)
      if (known.visuals.some(({ name, version }) => name === wanted && version !== null)) await open(wanted)
      else start(known.examples[0]?.source ?? '')
    })
  }

  /** What is written and not saved is lost only where somebody says so. */
  async function leaving(what: PageState['busy'], work: () => Promise<void>): Promise<void> {
    // oxlint-disable-next-line no-alert
    if (editor.text() !== saved && !confirm(`Leave ${state.name || 'this one'} without saving it?`)) return
    await doing(what, work)
  }

  async function open(name: string): Promise<void> {
    const { source, versions } = await client.one(name)
    saved = source
    editor.open(source)
    history.replaceState(null, '', `#${name}`)
    set({ name, isNew: false, versions, picked: { ...NOTHING, pool: state.picked.pool }, about: null })
    attempt()
  }

  function start(source: string): void {
    saved = source
    editor.open(source)
    history.replaceState(null, '', location.pathname)
    set({ name: '', isNew: true, versions: [], picked: { ...NOTHING, pool: state.picked.pool }, about: null })
    attempt()
  }

  function written(): void {
    draw()
    clearTimeout(rest)
    rest = setTimeout(attempt, REST_MS)
  }

  function attempt(): void {
    clearTimeout(rest)
    asking?.abort()
    const controller = new AbortController()
    asking = controller
    const [source, { picked }] = [editor.text(), state]
    if (source.trim() === '' || known.pools.length === 0) return
    set({ drawing: true })
    client.attempt(source, picked, settings.theme(), controller.signal).then(
      (attempted) => {
        if (!controller.signal.aborted) come(attempted)
        return null
      },
      (error: unknown) => {
        if (!controller.signal.aborted) fail(error instanceof Error ? error.message : String(error), null, 1)
      },
    )
  }

  function come(attempted: Attempted): void {
    if ('problem' in attempted) {
      const { message, line, column } = attempted.problem
      return fail(message, line, column ?? 1)
    }
    const { png, alt, leftOut, about } = attempted.drawn
    editor.complain(null)
    set({ drawing: false, problem: null, about, picture: { source: `data:image/png;base64,${png}`, alt, leftOut } })
  }

  function fail(message: string, line: number | null, column: number): void {
    editor.complain(line === null ? null : { message, line, column })
    set({ drawing: false, problem: { message, line } })
  }

  async function save(): Promise<boolean> {
    return doing('save', keep)
  }

  async function keep(): Promise<void> {
    const source = editor.text()
    const name = state.name.trim()
    if (name === '') {
      part('name').focus()
      throw new Error('Give it a name first: small letters, digits and dashes.')
    }
    const over = state.isNew ? 0 : (state.versions[0]?.number ?? 0)
    const { version, changed } = await client.save(name, source, over).catch(async (error: unknown) => {
      // What somebody else saved meanwhile is listed, and the next save goes above it.
      if (!state.isNew) set({ versions: (await client.one(name)).versions })
      throw error
    })
    saved = source
    history.replaceState(null, '', `#${name}`)
    await reread(name)
    toasts.show(changed ? `${name} is saved, as version ${version}` : `${name} is saved already`, 'good')
  }

  async function reread(name: string): Promise<void> {
    const [one, fresh] = await Promise.all([client.one(name), client.known()])
    known = fresh
    set({ name, isNew: false, versions: one.versions })
  }

  async function restore(version: number): Promise<void> {
    const { name } = state
    const { version: now } = await client.undo(name, version)
    await reread(name)
    await open(name)
    toasts.show(`${name} is as in version ${version} again; that is version ${now} now`, 'good')
  }

  async function remove(): Promise<void> {
    const { name } = state
    await client.remove(name)
    known = await client.known()
    start(known.examples[0]?.source ?? '')
    toasts.show(`${name} is removed; /spinup visuals undo ${name} brings it back`, 'good')
  }

  async function show(every: string | null): Promise<void> {
    if (state.isNew || editor.text() !== saved) await keep()
    toasts.show(await client.show(state.name, state.picked, { place: state.place, every }), 'good')
  }

  addEventListener('beforeunload', (event) => {
    if (editor.text() !== saved && editor.text().trim() !== '') event.preventDefault()
  })

  return {
    themed: () => {
      draw()
      attempt()
    },
  }
}

function part(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (element === null) throw new TypeError(`the page has a part called ${id}`)
  return element
}
