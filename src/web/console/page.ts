import { html, render } from 'lit-html'
import {
  extendTrails,
  type ConsoleMessage,
  type ConsolePage,
  type FirstLook,
  type Live,
} from '../../core/model/message.ts'
import { createApi } from './api.ts'
import { createAttention } from './attention.ts'
import type { CardContext } from './card.ts'
import { channel } from './channel.ts'
import { createComposer } from './composer.ts'
import { copyText } from './copy.ts'
import { createDisco } from './disco.ts'
import { follow } from './follow.ts'
import { askForm } from './form.ts'
import { createSettings, enlarge, keepAtEnd, oncePerFrame } from './settings.ts'
import { createKept } from './kept.ts'
import { createMessages, createPresses, createToasts } from './messages.ts'
import { shell, welcome } from './shell.ts'
import type { News } from './stream.ts'
import { strip } from './strip.ts'
import { tick } from './when.ts'

/** An answer that takes longer than this has been forgotten, ms. */
const ANSWER_MS = 30_000

/** What somebody here waits to see. */
interface Awaited {
  readonly cardId: string | null
  readonly after: number
  readonly until: number
}

/** Messages drawn at first, and more at each "show earlier". */
const SHOWN = 150

/** The console page in `root`, for as long as it is open; `known` is what it begins with. */
export function createPage(root: HTMLElement, known: FirstLook): void {
  const kept = createKept()
  const settings = createSettings(kept, () => drawAll())
  const attention = createAttention(kept, (cardId) => reveal(cardId))
  const api = createApi(settings.name)
  const messages = createMessages()
  const disco = createDisco(document.body)
  let live: readonly Live[] | undefined = known.live ?? undefined
  let { trails, earlier } = known
  let shown = SHOWN
  let awaited: Awaited | null = null
  let newsAfter = 0
  let waiting = 0
  let unseen = 0
  let connected = true
  let railOpen = false
  let wall = kept.get('wall') === 'on'
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
    expect(null)
    void api
      .post(text)
      .catch((error: unknown) => {
        awaited = null
        toasts.show(error instanceof Error ? error.message : String(error), 'bad')
        composer.fill(text)
      })
      .finally(() => {
        waiting--
        if (!connected) void catchUp()
        drawChannel()
      })
  }

  function press(cardId: string, action: string): void {
    presses.start(cardId, action)
    expect(cardId)
    pressed(action).then(
      (done) => (done ? presses.done(cardId, action) : presses.failed(cardId, action)),
      (error: unknown) => {
        presses.failed(cardId, action)
        toasts.show(error instanceof Error ? error.message : String(error), 'bad')
      },
    )
  }

  /** Whether it was pressed in the end: an `ask:` button's form may be closed again. */
  async function pressed(action: string): Promise<boolean> {
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
        void copyText(text).then((done) =>
          done
            ? toasts.show('Copied', 'good')
            : toasts.show('The browser did not allow copying; select the line instead.', 'bad'),
        )
      },
    }
  }

  function drawShell(): void {
    root.toggleAttribute('data-wall', wall)
    render(
      shell({
        theme: settings.theme(),
        connected,
        signedIn: 'signedIn' in root.dataset,
        railOpen,
        unseen,
        wall,
        wants: attention.wants,
        toggleAlert: (alert) =>
          void attention.toggle(alert).then((words) => {
            toasts.show(words, attention.wants(alert) ? 'good' : 'info')
            drawShell()
          }),
        toggleWall: () => showWall(!wall),
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

  function showWall(on: boolean): void {
    wall = on
    kept.set('wall', on ? 'on' : 'off')
    drawShell()
    end.toEnd(false)
    if (on) void document.documentElement.requestFullscreen?.().catch(() => undefined)
    else if (document.fullscreenElement !== null) void document.exitFullscreen()
  }

  function drawStrip(): void {
    render(strip(live, trails, context('strip', 0, 0)), parts.strip)
    tick(parts.strip, Date.now())
  }

  function drawChannel(): void {
    const list = messages.list()
    const focused = document.activeElement?.closest<HTMLElement>('[data-card]') ?? null
    render(
      list.length === 0 && waiting === 0
        ? welcome(send)
        : html`${channel({
            messages: list,
            earlier,
            shown,
            me: settings.name(),
            waiting: waiting > 0,
            newsAfter,
            epoch: (cardId) => `${settings.theme()} ${presses.version(cardId)}`,
            context: ({ card, at }) => context(card.id, card.revision, at),
            showEarlier,
          })}`,
      parts.channel,
    )
    tick(parts.channel, Date.now())
    attention.update(list, live)
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
    const isNew = message.change === Number(message.id)
    if (!end.atEnd() && isNew && message.change > newsAfter) {
      unseen++
      drawShell()
    }
    if (awaited !== null && message.kind === 'card' && isAnswer(message, awaited)) {
      awaited = null
      reveal(message.card.id)
    }
    if (message.change > newsAfter) attention.news(message)
    drawSoon()
  }

  /** Once it is drawn. */
  function reveal(cardId: string): void {
    requestAnimationFrame(() => requestAnimationFrame(() => end.show(`[data-card="${CSS.escape(cardId)}"]`)))
  }

  /** What comes of a line or a press is brought into view; `cardId`: the card with the button. */
  function expect(cardId: string | null): void {
    awaited = { cardId, after: messages.place().cursor, until: Date.now() + ANSWER_MS }
  }

  function isAnswer(message: ConsoleMessage & { readonly kind: 'card' }, { cardId, after, until }: Awaited): boolean {
    if (message.change <= after || Date.now() > until) return false
    return message.card.id === cardId || message.change === Number(message.id)
  }

  /** All that is known is of another log: Redis was emptied. */
  function restart(log: Omit<ConsolePage, 'messages'>): void {
    messages.begin({ ...log, whole: true })
    newsAfter = log.cursor
    earlier = 0
    unseen = 0
    drawShell()
    drawSoon()
  }

  async function catchUp(): Promise<void> {
    const from = messages.place()
    const page = await api.after(from)
    if (page.whole && (from.cursor > 0 || from.epoch !== page.epoch)) restart(page)
    for (const message of page.messages) receive(message)
    messages.reachedTo(page.cursor)
  }

  function showEarlier(): void {
    shown += SHOWN
    drawChannel()
    void fetchEarlier()
  }

  /** What was not in the page itself. */
  async function fetchEarlier(): Promise<void> {
    if (earlier === 0) return
    const { messages: all } = await api.after(null)
    earlier = 0
    for (const message of all) receive(message)
    drawSoon()
  }

  function hear(news: News): void {
    switch (news.kind) {
      case 'log':
        return news.log.whole ? restart(news.log) : undefined
      case 'message':
        return receive(news.message)
      case 'trails':
        trails = news.trails
        return undefined
      case 'live': {
        live = news.live
        trails = extendTrails(trails, live)
        attention.update(messages.list(), live)
        return drawStrip()
      }
      case 'connection':
        if (news.up === connected) return undefined
        connected = news.up
        return drawShell()
      case 'alive':
        return undefined
      default:
        return news satisfies never
    }
  }

  function begin(): void {
    messages.begin(known.page)
    for (const message of known.page.messages) messages.put(message)
    messages.reachedTo(known.page.cursor)
    newsAfter = known.page.cursor
    drawAll()
    parts.channel.ariaBusy = 'false'
    end.toEnd(false)
    follow(root.dataset['shared'] ?? '', {
      place: messages.place,
      hear,
      behind: () => void catchUp().catch(() => undefined),
    })
    // Fonts and charts first: nobody has scrolled up yet.
    addEventListener('load', () => setTimeout(() => void fetchEarlier().catch(() => undefined), 500))
  }

  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && wall && document.querySelector('dialog[open]') === null) showWall(false)
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault()
      composer.focus()
    }
  })
  setInterval(() => tick(document, Date.now()), 1000)
  // A stream cannot say why it is refused; this leads to the sign-in where that is over.
  setInterval(() => !connected && void catchUp().catch(() => undefined), 5000)
  if (matchMedia('(pointer: fine)').matches) composer.focus()
  begin()
}

function part(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (element === null) throw new TypeError(`the shell has a part called ${id}`)
  return element
}
