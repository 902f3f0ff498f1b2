import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { CheckLine, DoctorView, Tone } from '../../../core/model/view.ts'
import { plural } from '../../../core/model/words.ts'
import { actions, card } from '../card.ts'
import type { CardContext } from '../card.ts'
import { icon, type IconName } from '../icons.ts'
import { prose } from '../prose.ts'

const MARKS: Readonly<
  Record<CheckLine['state'], { readonly tone: Tone | 'quiet'; readonly icon: IconName; readonly says: string }>
> = {
  ok: { tone: 'good', icon: 'check', says: 'fine' },
  warn: { tone: 'warn', icon: 'warn', says: 'could be better' },
  failed: { tone: 'bad', icon: 'cross', says: 'broken' },
  waiting: { tone: 'info', icon: 'clock', says: 'not known yet' },
  skipped: { tone: 'quiet', icon: 'mute', says: 'left out' },
}

/** The state of everything, filling in; under what is wrong stands the one thing to do about it. */
export function renderDoctor(view: DoctorView, context: CardContext): TemplateResult {
  const count = (wanted: CheckLine['state']): number => view.checks.filter(({ state }) => state === wanted).length
  const [failed, warned, waiting] = [count('failed'), count('warn'), count('waiting')]
  const wrong = failed + warned
  const looked = view.checks.length - count('skipped')
  return card({
    tone: failed > 0 ? 'bad' : warned > 0 ? 'warn' : waiting > 0 ? 'accent' : 'good',
    icon: failed > 0 ? 'cross' : warned > 0 ? 'warn' : waiting > 0 ? 'pulse' : 'check',
    title: wrong > 0 ? `${plural(wrong, 'thing')} to mend` : waiting > 0 ? 'Looking at everything' : 'Everything works',
    aside: html`<span class="quiet">${count('ok')} of ${looked} fine</span>`,
    body: html`<ul class="checks">
        ${view.checks.map((line) => check(line))}
      </ul>
      ${actions(view.actions, context)}`,
  })
}

function check({ name, state, detail, fix }: CheckLine): TemplateResult {
  const mark = MARKS[state]
  return html`<li class="tone-${mark.tone}" data-state=${state}>
    <span class="check-mark" role="img" aria-label=${mark.says}>${icon(mark.icon)}</span>
    <span class="check-name">${name}</span>
    <span class="check-detail">${detail}</span>
    ${fix === null ? nothing : html`<div class="check-fix">${prose(fix)}</div>`}
  </li>`
}
