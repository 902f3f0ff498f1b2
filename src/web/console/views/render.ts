import { html } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import { onOneCard, type Card } from '../../../core/cards/card.ts'
import { cardOf } from '../../../core/cards/cards.ts'
import type { View } from '../../../core/model/view.ts'
import { card } from '../card.ts'
import type { CardContext } from '../card.ts'
import { when } from '../when.ts'
import { renderBlocks } from './blocks.ts'
import { ICONS } from './marks.ts'
import { modeBadge, renderStatus } from './status.ts'

/** Any view as its card. */
export function renderView(view: View, context: CardContext): TemplateResult {
  const document = cardOf(view)
  const { tone, mark, headline } = document
  const beside = aside(view, document)
  // Only a page can let the members live on the card.
  const inside = view.kind === 'status' ? [renderStatus(view, context)] : renderBlocks(onOneCard(document), context)
  return card({
    tone: tone === 'info' ? 'accent' : tone,
    icon: ICONS[mark] ?? 'info',
    title: headline,
    ...(beside === undefined ? {} : { aside: beside }),
    ...(inside.length === 0 ? {} : { body: inside }),
  })
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
