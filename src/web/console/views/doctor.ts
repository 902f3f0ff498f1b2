import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { CheckLine, DoctorView, Tone } from '../../../core/model/view.ts'
import { plural } from '../../../core/model/words.ts'
import { actions, card } from '../card.ts'
import type { CardContext } from '../card.ts'

const TONES: Readonly<Record<CheckLine['state'], Tone | 'quiet'>> = {
  ok: 'good',
  warn: 'warn',
  failed: 'bad',
  waiting: 'info',
  skipped: 'quiet',
}

/** The state of everything; what is wrong comes with one thing to do about it. */
export function renderDoctor(view: DoctorView, context: CardContext): TemplateResult {
  const wrong = view.checks.filter(({ state }) => state === 'failed' || state === 'warn')
  const failed = wrong.some(({ state }) => state === 'failed')
  return card({
    tone: failed ? 'bad' : wrong.length > 0 ? 'warn' : 'good',
    icon: failed ? 'cross' : wrong.length > 0 ? 'warn' : 'check',
    title: wrong.length === 0 ? 'Everything works' : `${plural(wrong.length, 'thing')} to mend`,
    body: html`<ol class="timeline">
        ${view.checks.map(
          ({ name, state, detail, fix }) =>
            html`<li class="tone-${TONES[state]}">
              <span class="timeline-what"><strong>${name}</strong> <span>${detail}</span></span>
              ${fix === null ? nothing : html`<span class="timeline-meta">${fix}</span>`}
            </li>`,
        )}
      </ol>
      ${actions(view.actions, context)}`,
  })
}
