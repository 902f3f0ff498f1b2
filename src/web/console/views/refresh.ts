import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { RefreshView } from '../../../core/model/view.ts'
import { duration } from '../../../core/model/words.ts'
import { actions, badge, card } from '../card.ts'
import type { CardContext } from '../card.ts'
import { prose } from '../prose.ts'
import { stepper } from '../stepper.ts'
import { when } from '../when.ts'

const TONES = { working: 'accent', done: 'good', failed: 'bad', stopped: 'quiet' } as const

/** A new snapshot and the clones made anew from it, on one card that walks its steps. */
export function renderRefresh(view: RefreshView, context: CardContext): TemplateResult {
  const { stage } = view
  return card({
    tone: TONES[stage],
    icon: stage === 'failed' ? 'cross' : stage === 'done' ? 'check' : 'replay',
    title: html`${stage === 'done' ? 'Refreshed' : 'Refresh'} <span class="quiet">of ${view.pool}</span>`,
    aside:
      stage === 'working'
        ? html`<span class="badge tone-accent"
            ><span class="spinner"></span>${when(view.startedAt, 'elapsed')}${view.stopping ? ' · stopping' : ''}</span
          >`
        : badge(`${stage} after ${duration((view.endedAt ?? view.startedAt) - view.startedAt)}`, TONES[stage]),
    body: html`${stepper(view.steps)} ${view.note === null ? nothing : prose(view.note)}
      <p class="footnote">
        <span>${view.live ? 'live snapshot' : 'graceful snapshot'}</span><span>by ${view.actor.name}</span>
      </p>
      ${actions(view.actions, context)}`,
  })
}
