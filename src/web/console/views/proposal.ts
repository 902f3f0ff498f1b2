import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import { allOf } from '../../../core/model/episode-words.ts'
import type { ProposalState, ProposalView } from '../../../core/model/view.ts'
import { actions, badge, card } from '../card.ts'
import type { CardContext } from '../card.ts'
import { when } from '../when.ts'
import { costChange } from './episode.ts'

const TONES = { open: 'warn', approved: 'good', denied: 'bad', expired: 'quiet', superseded: 'quiet' } as const

/** A question with its deadline running down, or what became of it. */
export function renderProposal(view: ProposalView, context: CardContext): TemplateResult {
  const open = view.state === 'open'
  return card({
    tone: TONES[view.state],
    icon: open ? 'question' : view.state === 'approved' ? 'check' : view.state === 'denied' ? 'cross' : 'clock',
    title: html`Scale ${view.direction} <span class="from-to">${view.from} → ${view.to}</span>${open ? '?' : ''}`,
    aside: open
      ? html`<span class="badge tone-warn">${when(view.deadlineAt, 'left')}</span>`
      : badge(view.state, TONES[view.state]),
    body: html`<p class="reason">${view.reason}</p>
      ${
        open
          ? html`<div class="deadline" data-from=${context.at} data-to=${view.deadlineAt}><span></span></div>
              <p class="footnote">
                <span
                  >If nobody answers, Spinup will ${view.onExpiry === 'act' ? `scale ${view.direction}` : 'hold'}.</span
                >${costChange(view)}
              </p>
              ${voting(view)}`
          : html`<p class="footnote">
              <span>${outcome(view)}${view.decidedAt === null ? nothing : html` · ${when(view.decidedAt, 'ago')}`}</span
              >${costChange(view)}
            </p>`
      }
      ${view.note === null ? nothing : html`<p class="note">${view.note}</p>`} ${actions(view.actions, context)}`,
  })
}

/** How many have said yes, and who may; nothing where the first answer of anybody decides. */
function voting({ votes, quorum, approvers }: ProposalView): TemplateResult | typeof nothing {
  if (quorum === 1 && approvers.length === 0) return nothing
  const names = votes.length === 0 ? '' : `: ${allOf(votes.map(({ name }) => name))}`
  return html`<p class="footnote">
    ${quorum > 1 ? html`<span>${votes.length} of ${quorum} yes${names}</span>` : nothing}
    ${approvers.length > 0 ? html`<span>May answer: ${approvers.join(', ')}</span>` : nothing}
  </p>`
}

function outcome(view: ProposalView): string {
  const by = view.by === null ? '' : ` by ${view.by.name}`
  const words: Readonly<Record<ProposalState, string>> = {
    open: '',
    approved: `Approved${by}`,
    denied: `Denied${by}`,
    expired: `Nobody answered; Spinup ${view.onExpiry === 'act' ? 'went ahead' : 'held'}`,
    superseded: 'Overtaken by events',
  }
  return words[view.state]
}
