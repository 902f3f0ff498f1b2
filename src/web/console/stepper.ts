import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { StepLine } from '../../core/model/view.ts'
import { percent } from '../../core/model/words.ts'
import { icon } from './icons.ts'

/** Steps one after another, each with its mark, a detail, and a bar while it tells how far it is. */
export function stepper(steps: readonly StepLine[]): TemplateResult {
  return html`<ol class="stepper">
    ${steps.map(
      ({ label, state, detail, progress }, index) =>
        html`<li data-state=${state} aria-current=${state === 'doing' ? 'step' : 'false'}>
          <span class="step-mark"
            >${state === 'done' ? icon('check') : state === 'failed' ? icon('cross') : index + 1}</span
          >
          <span class="step-text">
            <strong>${label}</strong>${detail === null ? nothing : html`<small>${detail}</small>`}
            ${
              progress === null
                ? nothing
                : html`<span
                    class="progress"
                    role="progressbar"
                    aria-valuenow=${Math.round(progress * 100)}
                    aria-label=${label}
                    .style=${`--part: ${progress}`}
                    ><span></span
                  ></span>`
            }
          </span>
          ${progress === null ? nothing : html`<span class="step-took">${percent(progress)}</span>`}
        </li>`,
    )}
  </ol>`
}
