import { html, type TemplateResult } from 'lit-html'
import { duration } from '../../core/model/words.ts'

/** `ago`: how long since; `left`: how long until; `clock`: time of day. The words are filled in by `tick`. */
export type Tick = 'ago' | 'left' | 'elapsed' | 'clock'

/** An instant (epoch ms) whose words keep up with the clock; the title tells it in full. */
export function when(at: number, tick: Tick): TemplateResult {
  const date = new Date(at)
  return html`<time
    data-tick=${tick}
    data-at=${at}
    datetime=${date.toISOString()}
    title=${date.toLocaleString()}
  ></time>`
}

/** Brings every `when` under `root` up to `now`, epoch ms. Each holds one text node of its own, unknown to lit. */
export function tick(root: ParentNode, now: number): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>('time[data-tick]')) {
    const words = wordsOf(element.dataset['tick'] as Tick, Number(element.dataset['at']), now)
    if (element.textContent !== words) element.textContent = words
  }
  for (const bar of root.querySelectorAll<HTMLElement>('[data-from][data-to]')) {
    const from = Number(bar.dataset['from'])
    const to = Number(bar.dataset['to'])
    bar.style.setProperty('--part', String(Math.min(1, Math.max(0, (to - now) / Math.max(1, to - from)))))
  }
}

function wordsOf(tick: Tick, at: number, now: number): string {
  switch (tick) {
    case 'ago':
      return ago(now - at, at)
    case 'left':
      return at <= now ? 'now' : clockOf(at - now)
    case 'elapsed':
      return clockOf(Math.max(0, now - at))
    case 'clock':
      return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
    default:
      return tick satisfies never
  }
}

function ago(ms: number, at: number): string {
  if (ms < 5000) return 'just now'
  if (ms < 60_000) return `${Math.floor(ms / 5000) * 5} s ago`
  if (ms < 3600_000) return `${Math.floor(ms / 60_000)} min ago`
  if (ms < 24 * 3600_000) return `${Math.floor(ms / 3600_000)} h ago`
  return new Date(at).toLocaleDateString([], { day: 'numeric', month: 'short' })
}

/** `0:07`, `12:05`; from an hour on in words. */
function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds >= 3600) return duration(Math.floor(seconds / 60) * 60_000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
