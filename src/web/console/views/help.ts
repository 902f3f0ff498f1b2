import { html } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { HelpView } from '../../../core/model/view.ts'
import { card } from '../card.ts'
import type { CardContext } from '../card.ts'

/** Each command is a button that puts its example into the composer. */
export function renderHelp(view: HelpView, context: CardContext): TemplateResult {
  return card({
    tone: 'accent',
    icon: 'question',
    title: 'What you can say',
    aside: html`<span class="quiet">${view.commands.length} commands</span>`,
    body: html`<ul class="commands">
      ${view.commands.map(
        ({ usage, summary, example }) =>
          html`<li>
            <button
              type="button"
              class="command"
              title="Put “${example}” into the composer"
              @click=${() => context.suggest(example)}
            >
              <code>${usage}</code><span>${summary}</span>
            </button>
          </li>`,
      )}
    </ul>`,
  })
}
