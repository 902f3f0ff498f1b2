import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { EpisodeView } from '../../../core/model/view.ts'
import { approvalWords, progressWords } from '../../../core/model/episode-words.ts'
import { dollars, duration, plural } from '../../../core/model/words.ts'
import { actions, badge, card, chart } from '../card.ts'
import type { CardContext } from '../card.ts'
import { icon } from '../icons.ts'
import { when } from '../when.ts'

const TONES = { working: 'accent', settled: 'good', failed: 'bad' } as const

/** One scale event; while it runs, its clock ticks and each member's step shows how far it is. */
export function renderEpisode(view: EpisodeView, context: CardContext): TemplateResult {
  const { stage } = view
  const approved = approvalWords(view)
  return card({
    tone: TONES[stage],
    icon: stage === 'failed' ? 'cross' : view.direction,
    title: html`${stage === 'settled' ? 'Scaled' : 'Scaling'} ${view.direction}
      <span class="from-to">${view.from} → ${view.to}</span>`,
    aside:
      stage === 'working'
        ? html`<span class="badge tone-accent"><span class="spinner"></span>${when(view.startedAt, 'elapsed')}</span>`
        : badge(`${stage} in ${duration((view.endedAt ?? view.startedAt) - view.startedAt)}`, TONES[stage]),
    body: html`<p class="reason">${view.reason}</p>
      ${phases(view)}
      <ul class="steps">
        ${view.members.map(
          ({ id, label, state, tookMs, detail }) =>
            html`<li class="step" data-state=${state}>
              <span class="step-mark"
                >${state === 'working' ? html`<span class="spinner"></span>` : icon(state === 'done' ? 'check' : 'cross')}</span
              >
              <span class="step-text"
                ><strong>${id}</strong>
                <span>${label}</span>${detail === null ? nothing : html`<small>${detail}</small>`}</span
              >
              ${tookMs === null ? nothing : html`<span class="step-took">${duration(tookMs)}</span>`}
            </li>`,
        )}
      </ul>
      ${earlier(view)} ${chart(view.chart, context)}
      <p class="footnote">
        ${costChange(view)}<span>by ${view.actor.name}${approved === '' ? '' : `, ${approved}`}</span>
      </p>
      ${actions(view.actions, context)}`,
  })
}

/** From the first sign to the end; the present one is marked. */
function phases(view: EpisodeView): TemplateResult {
  const { detectedAt, startedAt, endedAt, approval, direction, stage } = view
  const doing = direction === 'out' ? 'creating' : 'draining'
  const list: readonly unknown[] = [
    ...(detectedAt === null ? [] : [html`seen ${when(detectedAt, 'ago')}`]),
    ...(approval === null ? [] : [approval.state === 'expired' ? 'nobody answered' : approval.state]),
    html`${doing} ${when(startedAt, 'ago')}`,
    stage === 'working' || endedAt === null
      ? progressWords(view)
      : html`${progressWords(view)}, ${stage} ${when(endedAt, 'ago')}`,
  ]
  return html`<ol class="phases" aria-label="How far it is">
    ${list.map((text, index) => html`<li aria-current=${index === list.length - 1 ? 'step' : nothing}>${text}</li>`)}
  </ol>`
}

/** What the card told before: the pool flaps. */
function earlier(view: EpisodeView): TemplateResult | typeof nothing {
  if (view.earlier.length === 0) return nothing
  return html`<details class="earlier-events">
    <summary>${plural(view.earlier.length, 'earlier change')}: the load goes up and down</summary>
    <ul>
      ${view.earlier.map(
        ({ at, from, to, reason }) => html`<li>${when(at, 'ago')}: <strong>${from} → ${to}</strong> ${reason}</li>`,
      )}
    </ul>
  </details>`
}

/** What it costs before and after. */
export function costChange(view: {
  readonly dollarsPerHourBefore: number
  readonly dollarsPerHourAfter: number
}): TemplateResult {
  return html`<span
    >${dollars(view.dollarsPerHourBefore)}/h → <strong>${dollars(view.dollarsPerHourAfter)}/h</strong></span
  >`
}
