import { html, render } from 'lit-html'
import { inService } from '../../core/cards/status.ts'
import { extendTrails, type ConsoleMessage, type Live, type Trails } from '../../core/model/message.ts'
import { createApi } from './api.ts'
import type { CardContext } from './card.ts'
import { channel } from './channel.ts'
import { createComposer } from './composer.ts'
import { createDisco } from './disco.ts'
import type { Form } from '../../core/model/form.ts'
import { askForm, type Values } from './form.ts'
import { createSettings, enlarge, keepAtEnd, oncePerFrame } from './settings.ts'
import { createMessages, createPresses, createToasts, followEvents } from './messages.ts'
import { shell, welcome } from './shell.ts'
import { strip } from './strip.ts'
import { tick } from './when.ts'

/** Messages drawn at first, and more at each "show earlier". */
const SHOWN = 150

/** The console page in `root`, for as long as it is open. */
export function createPage(root: HTMLElement): void {
  const settings = createSettings(() => drawAll())
  const api = createApi(settings.name)
  const messages = createMessages()
  const disco = createDisco(document.body)
  let live: readonly Live[] | undefined
  let trails: Trails = {}
  let loading = true
  let shown = SHOWN
  let newsAfter = 0
  let waiting = 0
  let unseen = 0
  let connected = true
  let railOpen = false
  const drawSoon = oncePerFrame(() => drawChannel())

  drawShell()
  const parts = { strip: part('strip'), channel: part('channel') }
  const toasts = createToasts(part('toasts'))
  const presses = createPresses(() => {
    drawChannel()
    drawStrip()
  })
  const end = keepAtEnd(part('scroll'), parts.channel, () => {
    if (end.atEnd() && unseen > 0) {
      unseen = 0
      drawShell()
    }
  })
  const composer = createComposer({
    root: part('composer'),
    complete: api.complete,
    send,
    history: settings.history,
    name: settings.name,
    rename: settings.rename,
  })

  function send(text: string): void {
    if (/^\/?(spinup )?disco$/i.test(text)) return disco.toggle()
    settings.remember(text)
    waiting++
    drawChannel()
    end.toEnd(true)
    void api
      .post(text)
      .catch((error: unknown) => {
        toasts.show(error instanceof Error ? error.message : String(error), 'bad')
        composer.fill(text)
      })
      .finally(() => {
        waiting--
        if (!connected) void backfill()
        drawChannel()
      })
  }

  function press(cardId: string, action: string): void {
    presses.start(cardId, action)
    pressed(action).then(
      (done) => (done ? presses.done(cardId, action) : presses.failed(cardId, action)),
      (error: unknown) => {
        presses.failed(cardId, action)
        toasts.show(error instanceof Error ? error.message : String(error), 'bad')
      },
    )
  }

  async function rename({ name = '' }: Values): Promise<void> {
    settings.rename(name)
  }

  /** Whether it was pressed in the end: an `ask:` button's form may be closed again. */
  async function pressed(action: string): Promise<boolean> {
    if (/^(?:approve|ask:deny):/.test(action) && !settings.named() && !(await askForm(WHO, rename))) return false
    if (action.startsWith('ask:')) return askForm(await api.form(action), (values) => api.press(action, values))
    await api.press(action)
    return true
  }

  function context(cardId: string, revision: number, at: number): CardContext {
    return {
      cardId,
      revision,
      at,
      theme: settings.theme(),
      pressState: (action) => presses.state(cardId, action),
      press: (action) => press(cardId, action),
      suggest: (text) => composer.fill(text),
      send,
      enlarge: (chart) => enlarge(chart, settings.theme(), revision),
      copy(text) {
        navigator.clipboard.writeText(text).then(
          () => toasts.show('Copied', 'good'),
          () => toasts.show('The browser did not allow copying; select the line instead.', 'bad'),
        )
      },
    }
  }

  function drawShell(): void {
    render(
      shell({
        theme: settings.theme(),
        connected,
        signedIn: 'signedIn' in root.dataset,
        railOpen,
        unseen,
        toggleTheme: settings.toggleTheme,
        toggleRail() {
          railOpen = !railOpen
          drawShell()
        },
        toEnd: () => end.toEnd(true),
      }),
      root,
    )
  }

  function drawStrip(): void {
    render(strip(live, trails, context('strip', 0, 0)), parts.strip)
    tick(parts.strip, Date.now())
  }

  function drawChannel(): void {
    const list = messages.list()
    const focused = document.activeElement?.closest<HTMLElement>('[data-card]') ?? null
    render(
      !loading && list.length === 0 && waiting === 0
        ? welcome(send)
        : html`${channel({
            messages: list,
            loading,
            shown,
            me: settings.name(),
            waiting: waiting > 0,
            newsAfter,
            epoch: (cardId) => `${settings.theme()} ${presses.version(cardId)}`,
            context: ({ card, at }) => context(card.id, card.revision, at),
            showEarlier() {
              shown += SHOWN
              drawChannel()
            },
          })}`,
      parts.channel,
    )
    tick(parts.channel, Date.now())
    // The pressed button may be gone from the edited card: keyboards go on from the card, not from the top.
    if (focused !== null && document.activeElement === document.body) focused.focus({ preventScroll: true })
  }

  function drawAll(): void {
    drawShell()
    drawStrip()
    drawChannel()
  }

  function receive(message: ConsoleMessage): void {
    if (!messages.put(message)) return
    if (message.kind === 'card') presses.clear(message.card.id)
    if (!end.atEnd() && message.change === Number(message.id)) {
      unseen++
      drawShell()
    }
    drawSoon()
  }

  async function backfill(): Promise<void> {
    const page = await api.after(messages.cursor())
    for (const message of page.messages) receive(message)
    messages.reachedTo(page.cursor)
  }

  async function begin(): Promise<void> {
    parts.channel.ariaBusy = 'true'
    // When it fails, the events bring everything from the beginning.
    await backfill().catch(() => undefined)
    newsAfter = messages.cursor()
    loading = false
    unseen = 0
    parts.channel.ariaBusy = 'false'
    drawAll()
    end.toEnd(false)
    followEvents(messages.cursor, {
      message: receive,
      live(next) {
        live = next
        trails = extendTrails(trails, next)
        const sizes = next.map(({ status }) => `${inService(status)}/${status.max} ${status.pool}`)
        document.title = [...sizes.slice(0, 3), 'Spinup'].join(' · ')
        drawStrip()
      },
      trails(past) {
        trails = past
      },
      connection(up) {
        if (up === connected) return
        connected = up
        drawShell()
      },
    })
  }

  addEventListener('keydown', (event) => {
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault()
      composer.focus()
    }
  })
  setInterval(() => tick(document, Date.now()), 1000)
  drawAll()
  if (matchMedia('(pointer: fine)').matches) composer.focus()
  void begin()
}

/** Asked once, before the first answer to a question: the team sees whose it is. */
const WHO: Form = {
  title: 'Who are you?',
  submit: 'Go on',
  fields: [
    {
      name: 'name',
      label: 'Your name',
      hint: 'The team sees it beside your answers.',
      value: '',
      optional: false,
      most: 40,
    },
  ],
}

function part(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (element === null) throw new TypeError(`the shell has a part called ${id}`)
  return element
}
