import { html, nothing, type TemplateResult } from 'lit-html'
import type { Block, Card } from '../../../core/cards/card.ts'
import { cardOf } from '../../../core/cards/cards.ts'
import type { StatusView, View } from '../../../core/model/view.ts'
import { isolated } from '../../../core/model/clean.ts'
import { actions, badge, card, facts, type CardContext } from '../card.ts'
import { when } from '../when.ts'
import { renderBlocks } from './blocks.ts'
import { ICONS } from './marks.ts'
import { inService } from '../../../core/cards/status.ts'
import { dollars, statTitle, statValue } from '../../../core/model/words.ts'
import { memberRows, overrideRows } from '../members.ts'

/** Any view as its card. */
export function renderView(view: View, context: CardContext): TemplateResult {
  const document = cardOf(view)
  const { tone, mark, headline } = document
  const beside = aside(view, document)
  // Only a page can let the members live on the card.
  const inside = view.kind === 'status' ? [renderStatus(view, context)] : bodyOf(document, context)
  return card({
    tone: tone === 'info' ? 'accent' : tone,
    icon: ICONS[mark] ?? 'info',
    title: headline,
    ...(beside === undefined ? {} : { aside: beside }),
    ...(inside.length === 0 ? {} : { body: inside }),
  })
}

/** The card as it stands in a channel; what other chats have in a thread is a press away, and open while it goes on. */
function bodyOf({ blocks, details, timer }: Card, context: CardContext): readonly unknown[] {
  if (details === null) return renderBlocks(blocks, context)
  const isLast = ({ kind }: Block): boolean => kind === 'actions'
  const isPicture = ({ kind }: Block): boolean => kind === 'chart'
  const draw = (some: readonly Block[]): readonly unknown[] => renderBlocks(some, context)
  return [
    ...draw(blocks.filter((block) => !isLast(block))),
    html`<div class="card-picture">${draw(details.blocks.filter(isPicture))}</div>`,
    html`<details class="card-more" ?open=${timer !== null}>
      <summary>Details</summary>
      ${draw(details.blocks.filter((block) => !isPicture(block)))}
    </details>`,
    ...draw(blocks.filter(isLast)),
  ]
}

/** What stands at the right of the headline: a running clock, or what only this page can give. */
function aside(view: View, { timer, tone }: Card): TemplateResult | undefined {
  if (timer !== null) {
    const colour = tone === 'info' ? 'accent' : tone
    return html`<span class="badge tone-${colour}">${when(timer.at, timer.counts === 'up' ? 'elapsed' : 'left')}</span>`
  }
  if (view.kind === 'status') return modeBadge(view.mode)
  if (view.kind !== 'history') return undefined
  return html`<a
    class="quiet"
    href=${`/api/audit.ndjson?pool=${encodeURIComponent(view.pool)}`}
    download
    title="Every entry, one JSON object a line"
    >Download</a
  >`
}

/** The pool now, under its headline. */
function renderStatus(view: StatusView, context: CardContext): TemplateResult {
  const value = view.value === null ? 'unknown' : statValue(view.stat, view.value)
  return html`${facts([
    { name: 'In service', value: html`${inService(view)} <small>of ${view.desired}</small>` },
    {
      name: statTitle(view.stat),
      value: html`${value} <small>target ${statValue(view.stat, view.target)}</small>`,
    },
    { name: 'Limits', value: `${view.min} – ${view.max}` },
    { name: 'Cost', value: html`${dollars(view.dollarsPerHour)}<small>/h</small>` },
  ])}
  ${memberRows(view)} ${overrideRows(view.overrides)}
  ${
    view.lastDecision === null
      ? nothing
      : html`<p class="last-decision">
          ${isolated(view.lastDecision.reason)} <span class="quiet">${when(view.lastDecision.at, 'ago')}</span>
        </p>`
  }
  ${actions(view.actions, context)}`
}

/** How much Spinup may do on its own, in its colour. */
export function modeBadge(mode: StatusView['mode']): TemplateResult {
  return badge(mode, ({ auto: 'good', approve: 'accent', observe: 'quiet' } as const)[mode])
}
