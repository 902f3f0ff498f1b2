import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import { inputWords, ruleWords } from '../../../core/model/card-words.ts'
import type { DecisionView } from '../../../core/model/view.ts'
import { badge, card, chart } from '../card.ts'
import type { CardContext } from '../card.ts'
import { when } from '../when.ts'

/** Why: the sentence first, then the arithmetic, then every number it was made from. */
export function renderDecision(view: DecisionView, context: CardContext): TemplateResult {
  const { decision } = view
  const hold = decision.kind === 'hold'
  return card({
    tone: hold ? 'info' : decision.kind === 'scaleOut' ? 'accent' : 'good',
    icon: hold ? 'hold' : decision.kind === 'scaleOut' ? 'out' : 'in',
    title: hold
      ? html`Hold at <span class="from-to">${decision.to}</span>`
      : html`Scale ${decision.kind === 'scaleOut' ? 'out' : 'in'}
          <span class="from-to">${decision.from} → ${decision.to}</span>`,
    aside: html`<span class="quiet">${when(decision.at, 'ago')}</span> ${badge(ruleWords(decision.rule), 'quiet')}`,
    body: html`<p class="reason">${decision.reason}</p>
      ${view.observedOnly ? html`<p class="note">Observing only: nothing was done.</p>` : nothing}
      <div class="formula">
        <code>${decision.formula}</code>${
          decision.wanted === decision.to
            ? nothing
            : html`<span
                >wanted ${decision.wanted}, limited to ${decision.to} by <em>${ruleWords(decision.rule)}</em></span
              >`
        }
      </div>
      <dl class="inputs">
        ${decision.inputs.map(
          (input) =>
            html`<div>
              <dt>${input.name}</dt>
              <dd>${inputWords(input)}</dd>
            </div>`,
        )}
      </dl>
      ${chart(view.chart, context)}`,
  })
}
