import { html, render } from 'lit-html'
import { extendTrails, type FirstLook, type Live } from '../../core/model/message.ts'
import { createApi } from './api.ts'
import { createAttention } from './attention.ts'
import type { CardContext } from './card.ts'
import { channel } from './channel.ts'
import { createComposer } from './composer.ts'
import { copyText } from './copy.ts'
import { createDisco } from './disco.ts'
import { follow } from './follow.ts'
import type { Form } from '../../core/model/form.ts'
import { askForm, type Values } from './form.ts'
import { createSettings, enlarge, keepAtEnd, oncePerFrame } from './settings.ts'
import { createKept } from './kept.ts'
import { createInbox } from './inbox.ts'
import { createPresses, createToasts } from './messages.ts'
import { shell, welcome } from './shell.ts'
import type { News } from './stream.ts'
import { strip } from './strip.ts'
import { tick } from './when.ts'

/** Messages drawn at first, and more at each "show earlier". */
const SHOWN = 150

/** The console page in `root`, for as long as it is open; `known` is what it begins with. */
export function createPage(root: HTMLElement, known: FirstLook): void {
  const kept = createKept()
  const settings = createSettings(kept, () => drawAll())
  const attention = createAttention(kept, (cardId) => reveal(cardId))
  const api = createApi(settings.name)
  const disco = createDisco(document.body)
  let live: readonly Live[] | undefined = known.live ?? undefined
  let { trails } = known
  let shown = SHOWN
  let waiting = 0
  let connected = true
  let railOpen = false
  let wall = kept.get('wall') === 'on'
  const drawSoon = oncePerFrame(() => drawChannel())
  const inbox = createInbox(known, {
    after: api.after,
    atEnd: () => end.atEnd(),
    received(message, news) {
      if (message.kind === 'card') presses.clear(message.card.id)
      if (news) attention.news(message)
      drawSoon()
    },
    answered: reveal,
    changed() {
      drawShell()
      drawSoon()
    },
  })

  drawShell()
  const parts = { strip: part('strip'), channel: part('channel') }
  const toasts = createToasts(part('toasts'))
  const presses = createPresses(() => {
    drawChannel()
    drawStrip()
  })
  const end = keepAtEnd(part('scroll'), parts.channel, () => end.atEnd() && inbox.seen())
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
    inbox.expect(null)
    void api
      .post(text)
      .catch((error: unknown) => {
        inbox.expectNothing()
        toasts.show(error instanceof Error ? error.message : String(error), 'bad')
        composer.fill(text)
      })
      .finally(() => {
        waiting--
        if (!connected) void inbox.catchUp().catch(() => undefined)
        drawChannel()
      })
  }

  function press(cardId: string, action: string): void {
    presses.start(cardId, action)
    inbox.expect(cardId)
    pressed(action).then(
      (done) => {
        if (done) return presses.done(cardId, action)
        inbox.expectNothing()
        return presses.failed(cardId, action)
      },
      (error: unknown) => {
        inbox.expectNothing()
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
        unseen: inbox.unseen(),
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
    const list = inbox.list()
    const focused = document.activeElement?.closest<HTMLElement>('[data-card]') ?? null
    render(
      list.length === 0 && waiting === 0
        ? welcome(send)
        : html`${channel({
            messages: list,
            earlier: inbox.earlier(),
            shown,
            me: settings.name(),
            waiting: waiting > 0,
            newsAfter: inbox.newsAfter(),
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

  /** Once it is drawn. */
  function reveal(cardId: string): void {
    requestAnimationFrame(() => requestAnimationFrame(() => end.show(`[data-card="${CSS.escape(cardId)}"]`)))
  }

  function showEarlier(): void {
    shown += SHOWN
    drawChannel()
    void inbox.fetchEarlier().catch(() => undefined)
  }

  function hear(news: News): void {
    switch (news.kind) {
      case 'log':
        return inbox.log(news.log)
      case 'message':
        return inbox.receive(news.message)
      case 'trails':
        trails = news.trails
        return undefined
      case 'live': {
        live = news.live
        trails = extendTrails(trails, live)
        attention.update(inbox.list(), live)
        return drawStrip()
      }
      case 'connection':
        if (news.up === connected) return undefined
        connected = news.up
        return drawShell()
      case 'samples':
      case 'alive':
        return undefined
      default:
        return news satisfies never
    }
  }

  function begin(): void {
    drawAll()
    parts.channel.ariaBusy = 'false'
    end.toEnd(false)
    follow(root.dataset['shared'] ?? '', {
      place: inbox.place,
      hear,
      behind: () => void inbox.catchUp().catch(() => undefined),
    })
    // Fonts and charts first: nobody has scrolled up yet.
    addEventListener('load', () => setTimeout(() => void inbox.fetchEarlier().catch(() => undefined), 500))
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
  setInterval(() => !connected && void inbox.catchUp().catch(() => undefined), 5000)
  if (matchMedia('(pointer: fine)').matches) composer.focus()
  begin()
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
