import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { AnswerView, Tone } from '../../../core/model/view.ts'
import { actions, card, facts } from '../card.ts'
import type { CardContext } from '../card.ts'
import type { IconName } from '../icons.ts'
import { prose } from '../prose.ts'

export const TONE_ICONS: Readonly<Record<Tone, IconName>> = { info: 'info', good: 'check', warn: 'warn', bad: 'cross' }

export function renderAnswer(view: AnswerView, context: CardContext): TemplateResult {
  const empty = view.text === '' && view.fields.length === 0 && view.actions.length === 0
  return card({
    tone: view.tone,
    icon: TONE_ICONS[view.tone],
    title: view.title,
    body: empty
      ? undefined
      : html`${view.text === '' ? nothing : prose(view.text)} ${facts(view.fields)} ${actions(view.actions, context)}`,
  })
}
