import { cardOf } from '../../core/cards/cards.ts'
import { inService } from '../../core/cards/status.ts'
import type { ConsoleMessage, Live } from '../../core/model/message.ts'
import type { Kept } from './kept.ts'

/** What somebody should look at: a question that waits for an answer, or trouble that lasts. */
export interface Matter {
  readonly kind: 'question' | 'trouble'
  readonly cardId: string
  readonly words: string
}

/** The newest question that is open, else the newest trouble; null: nothing. */
function matterIn(messages: readonly ConsoleMessage[]): Matter | null {
  const all = messages.map(matterOf).filter((one) => one !== null)
  return all.findLast(({ kind }) => kind === 'question') ?? all.at(-1) ?? null
}

function matterOf(message: ConsoleMessage): Matter | null {
  if (message.kind !== 'card') return null
  const { mark, urgency, final, headline } = cardOf(message.card.view)
  if (final) return null
  const question = mark === 'question'
  if (!question && urgency !== 'trouble') return null
  return { kind: question ? 'question' : 'trouble', cardId: message.card.id, words: headline }
}

export type Alert = 'notify' | 'sound'

/** The tab's title and icon, and what this browser was asked to make of news: notifications, a sound. */
export interface Attention {
  /** After each change; what changed after `newsAfter` is news. */
  update(messages: readonly ConsoleMessage[], live: readonly Live[] | undefined): void
  news(message: ConsoleMessage): void
  wants(alert: Alert): boolean
  /** Turns one on or off; resolves to what to say about it. */
  toggle(alert: Alert): Promise<string>
}

const MARKS = { question: '?', trouble: '!' } as const
const COLOURS = { question: '#f2b84b', trouble: '#ff6b74' } as const

/** `open` brings a card into view. */
export function createAttention(kept: Kept, open: (cardId: string) => void): Attention {
  const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]')
  const usual = icon?.href ?? ''
  let shown: Matter['kind'] | null = null
  /** What was notified of already: an edit of the same question is no news. */
  const notified = new Map<string, string>()

  function mark(kind: Matter['kind'] | null): void {
    if (kind === shown || icon === null) return
    shown = kind
    icon.href = kind === null ? usual : marked(kind)
  }

  function ring(): void {
    // One of the tabs is enough, where a browser can tell.
    const locks: LockManager | undefined = navigator.locks
    if (locks === undefined) return beep()
    void locks.request('spinup.sound', { ifAvailable: true }, async (lock) => {
      if (lock === null) return
      beep()
      await new Promise((resolve) => setTimeout(resolve, 1000))
    })
  }

  return {
    update(messages, live) {
      const matter = matterIn(messages)
      const sizes = (live ?? []).map(({ status }) => `${inService(status)}/${status.max} ${status.pool}`)
      const words = matter === null ? sizes.slice(0, 3) : [`(${MARKS[matter.kind]}) ${matter.words}`]
      document.title = [...words, 'Spinup'].join(' · ')
      mark(matter?.kind ?? null)
    },
    news(message) {
      const matter = matterOf(message) ?? failed(message)
      if (matter === null || notified.get(matter.cardId) === matter.kind) return
      notified.set(matter.cardId, matter.kind)
      if (kept.get('sound') === 'on') ring()
      if (kept.get('notify') !== 'on' || document.hasFocus() || allowed() !== 'granted') return
      const title = matter.kind === 'question' ? 'Spinup asks' : 'Spinup: trouble'
      // Of the same card in another tab it is the same notification.
      const note = new Notification(title, { body: matter.words, tag: matter.cardId, icon: marked(matter.kind) })
      note.addEventListener('click', () => {
        window.focus()
        note.close()
        open(matter.cardId)
      })
    },
    wants: (alert) => kept.get(alert) === 'on' && (alert === 'sound' || allowed() === 'granted'),
    async toggle(alert) {
      if (kept.get(alert) === 'on' && (alert === 'sound' || allowed() === 'granted')) {
        kept.set(alert, 'off')
        return alert === 'sound' ? 'No sound any more' : 'No notifications any more'
      }
      if (alert === 'sound') {
        kept.set('sound', 'on')
        beep()
        return 'Questions and trouble have a sound'
      }
      const answer = allowed() === 'default' ? await Notification.requestPermission() : allowed()
      if (answer === null) return 'This browser has notifications over HTTPS only'
      if (answer !== 'granted') return 'The browser does not allow notifications of this page; its settings do'
      kept.set('notify', 'on')
      return 'Questions and trouble are notified'
    },
  }
}

/** What has failed is over, and still worth knowing at once. */
function failed(message: ConsoleMessage): Matter | null {
  if (message.kind !== 'card') return null
  const { urgency, tone, headline } = cardOf(message.card.view)
  return urgency === 'trouble' && tone === 'bad' ? { kind: 'trouble', cardId: message.card.id, words: headline } : null
}

/** null: there are none in this browser, or over plain HTTP. */
function allowed(): NotificationPermission | null {
  return 'Notification' in window && isSecureContext ? Notification.permission : null
}

function marked(kind: Matter['kind']): string {
  const sign = `<text x="32" y="46" font-family="sans-serif" font-size="42" font-weight="700" text-anchor="middle" fill="#10141f">${MARKS[kind]}</text>`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="17" fill="${COLOURS[kind]}"/>${sign}</svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

/** Two short notes; silent where the browser wants to be pressed first. */
function beep(): void {
  try {
    const audio = new AudioContext()
    const volume = audio.createGain()
    volume.connect(audio.destination)
    volume.gain.setValueAtTime(0.12, audio.currentTime)
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.5)
    for (const [index, pitch] of [660, 880].entries()) {
      const note = audio.createOscillator()
      note.frequency.value = pitch
      note.connect(volume)
      note.start(audio.currentTime + index * 0.14)
      note.stop(audio.currentTime + 0.5)
    }
    setTimeout(() => void audio.close(), 1000)
  } catch {
    // No sound in this browser.
  }
}
