import { html, nothing, type TemplateResult } from 'lit-html'
import type { ChartTheme } from '../../core/model/chart.ts'
import type { Action, ChartRef, Tone } from '../../core/model/view.ts'
import { icon, type IconName } from './icons.ts'

/** What a card can do in addition to showing itself. */
export interface CardContext {
  readonly cardId: string
  readonly revision: number
  /** When it was first shown, epoch ms. */
  readonly at: number
  readonly theme: ChartTheme
  pressState(action: string): 'idle' | 'pending' | 'done'
  press(action: string): void
  /** Puts a line into the composer, for the person to change or send. */
  suggest(text: string): void
  /** Sends a line for the person. */
  send(text: string): void
  enlarge(chart: ChartRef): void
  copy(text: string): void
}

/** The frame every card shares: a mark in its tone, a title, something small at the right, the body. */
export function card(options: {
  readonly tone: Tone | 'accent' | 'quiet'
  readonly icon: IconName
  readonly title: string | TemplateResult
  readonly aside?: TemplateResult | string
  readonly body?: unknown
}): TemplateResult {
  return html`<div class="card tone-${options.tone}">
    <header class="card-head">
      <span class="card-mark">${icon(options.icon)}</span>
      <h3 class="card-title">${typeof options.title === 'string' ? whole(options.title) : options.title}</h3>
      ${options.aside === undefined ? nothing : html`<div class="card-aside">${options.aside}</div>`}
    </header>
    ${options.body === undefined ? nothing : html`<div class="card-body">${options.body}</div>`}
  </div>`
}

const FIGURE =
  /([+−-]?\$?\d[\d.,]*(?:\/(?:h|month)\b)?(?:\s(?:%|ms|s|min|h|d|GB|MB|kB)(?![\p{L}\d]))?(?:\s\d+\s(?:s|min|h)(?!\p{L}))?)/gu

/** Words whose numbers stay in one piece, with their unit. */
export function whole(text: string): unknown {
  const parts = text.split(FIGURE)
  if (parts.length === 1) return text
  return parts.map((part, index) => (index % 2 === 0 ? part : html`<span class="whole">${part}</span>`))
}

/** A small word in a pill. */
export function badge(text: string, tone: Tone | 'accent' | 'quiet'): TemplateResult {
  return html`<span class="badge tone-${tone}">${text}</span>`
}

/** The card's buttons; each shows that it is being pressed, and can't be pressed twice. */
export function actions(list: readonly Action[], context: CardContext): TemplateResult | typeof nothing {
  if (list.length === 0) return nothing
  const seldom = list.filter(({ more }) => more === true)
  return html`<div class="actions">
    ${list.filter(({ more }) => more !== true).map((action) => button(action, context))}
    ${
      seldom.length === 0
        ? nothing
        : html`<details class="actions-more">
            <summary class="button plain" aria-label="More">…</summary>
            ${seldom.map((action) => button(action, context))}
          </details>`
    }
  </div>`
}

function button({ action, label, style }: Action, context: CardContext): TemplateResult {
  const state = context.pressState(action)
  return html`<button
    type="button"
    class="button ${style}"
    data-state=${state}
    data-action=${action}
    aria-busy=${state === 'pending'}
    aria-disabled=${state !== 'idle'}
    @click=${() => state === 'idle' && context.press(action)}
  >
    ${state === 'done' ? icon('check') : nothing}<span>${label}</span>
  </button>`
}

/** A chart in the page's theme at a fixed shape, so nothing jumps when it arrives; its text is shown instead where it can't. */
export function chart(ref: ChartRef | null, context: CardContext): TemplateResult | typeof nothing {
  if (ref === null) return nothing
  const source = chartSource(ref, context.theme, context.revision)
  return html`<figure class="chart">
    <button type="button" class="chart-open" @click=${() => context.enlarge(ref)} aria-label="Enlarge: ${ref.title}">
      <img
        src=${source}
        alt=${ref.alt}
        width="540"
        height="300"
        decoding="async"
        @error=${(event: Event) => event.target instanceof HTMLElement && (event.target.dataset['broken'] = '')}
        @load=${(event: Event) => event.target instanceof HTMLElement && delete event.target.dataset['broken']}
      />
      <span class="chart-expand">${icon('expand')}</span>
    </button>
    <figcaption>
      ${ref.alt}
      ${ref.view === undefined ? nothing : html`<a class="chart-view" href="/stats?${ref.view}">Open in stats</a>`}
    </figcaption>
  </figure>`
}

/** Where the bytes are; the revision is in it because an edited card may draw its chart again. */
export function chartSource(ref: ChartRef, theme: ChartTheme, revision: number): string {
  return `/charts/${encodeURIComponent(ref.id)}.png?theme=${theme}&r=${revision}`
}

/** Labelled values side by side. */
export function facts(
  list: readonly { readonly name: string; readonly value: unknown }[],
): TemplateResult | typeof nothing {
  if (list.length === 0) return nothing
  return html`<dl class="facts">
    ${list.map(
      ({ name, value }) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${typeof value === 'string' ? whole(value) : value}</dd>
        </div>`,
    )}
  </dl>`
}
