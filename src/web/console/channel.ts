import { html, nothing, type TemplateResult } from 'lit-html'
import { guard } from 'lit-html/directives/guard.js'
import { repeat } from 'lit-html/directives/repeat.js'
import type { ConsoleMessage } from '../../core/model/message.ts'
import type { CardContext } from './card.ts'
import { renderView } from './views/render.ts'
import { when } from './when.ts'
import { letters } from '../../core/model/letters.ts'

export interface ChannelState {
  readonly messages: readonly ConsoleMessage[]
  /** So many more came before, which are not here yet. */
  readonly earlier: number
  /** At most this many of the newest are drawn. */
  readonly shown: number
  readonly me: string
  /** Somebody here waits for an answer. */
  readonly waiting: boolean
  /** Messages changed after this change are news: they are animated. */
  readonly newsAfter: number
  /** Changes when something a card depends on in addition to its message does: theme, presses. */
  readonly epoch: (cardId: string) => string
  context(message: ConsoleMessage & { readonly kind: 'card' }): CardContext
  showEarlier(): void
}

/** The messages, oldest first, with a line between days. */
export function channel(state: ChannelState): TemplateResult {
  const hidden = Math.max(0, state.messages.length - state.shown)
  const visible = state.messages.slice(hidden)
  return html`${
    hidden + state.earlier === 0
      ? nothing
      : html`<button type="button" class="button plain earlier" @click=${state.showEarlier}>
          Show ${hidden + state.earlier} earlier
        </button>`
  }
  ${repeat(
    visible,
    ({ id }) => id,
    (message, index) => html`${daySeparator(visible[index - 1], message)}${entry(message, state)}`,
  )}
  ${state.waiting ? html`<div class="waiting" role="status"><i></i><i></i><i></i><span class="hidden">Spinup is working on it</span></div>` : nothing}`
}

function entry(message: ConsoleMessage, state: ChannelState): unknown {
  const news = message.change > state.newsAfter
  if (message.kind === 'line')
    return guard([message, state.me], () => line(message, message.actor.name === state.me, news))
  return guard([message, state.epoch(message.card.id)], () => {
    const edited = message.change > Number(message.id)
    // Two names for one animation: each edit restarts it.
    const flash = !news ? '' : edited ? ` edited-${message.card.revision % 2}` : ' arrived'
    return html`<article
      class="message bot${flash}"
      data-card=${message.card.id}
      data-kind=${message.card.view.kind}
      tabindex="-1"
    >
      <img class="avatar" src="/assets/icon.svg" alt="" width="30" height="30" />
      <div class="message-body">
        <p class="message-head"><strong>Spinup</strong> ${when(changedAt(message), 'ago')}</p>
        ${renderView(message.card.view, state.context(message))}
      </div>
    </article>`
  })
}

function line(message: ConsoleMessage & { readonly kind: 'line' }, mine: boolean, news: boolean): TemplateResult {
  const { name } = message.actor
  return html`<article class="message person${mine ? ' mine' : ''}${news ? ' arrived' : ''}">
    <span class="avatar" data-hue=${hueOf(name)} aria-hidden="true">${initials(name)}</span>
    <div class="message-body">
      <p class="message-head">
        <strong><bdi>${name}</bdi></strong> ${when(message.at, 'ago')}
      </p>
      <p class="line" dir="auto">${message.text}</p>
    </div>
  </article>`
}

function daySeparator(before: ConsoleMessage | undefined, message: ConsoleMessage): TemplateResult | typeof nothing {
  const at = changedAt(message)
  if (before !== undefined && new Date(changedAt(before)).toDateString() === new Date(at).toDateString()) return nothing
  return html`<div class="day" role="separator"><span>${dayName(at)}</span></div>`
}

/** When it came, or was changed last, which is where it stands; epoch ms. */
function changedAt(message: ConsoleMessage): number {
  return message.kind === 'card' ? message.card.at : message.at
}

function dayName(at: number): string {
  const date = new Date(at)
  const daysAgo = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000)
  if (daysAgo === 0) return 'Today'
  if (daysAgo === 1) return 'Yesterday'
  return date.toLocaleDateString([], { weekday: 'long', day: 'numeric', month: 'long' })
}

function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean)
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : [name]
  return chosen
    .map((word) => letters(word ?? '')[0] ?? '')
    .join('')
    .toUpperCase()
}

/** One of six avatar colours, always the same for a name. */
function hueOf(name: string): number {
  return [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 6007, 7) % 6
}
