import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { ErrorView } from '../../../core/model/view.ts'
import { card } from '../card.ts'
import type { CardContext } from '../card.ts'

/** What could not be taken, with the right line one press away. */
export function renderError(view: ErrorView, context: CardContext): TemplateResult {
  const { suggestion, example } = view
  return card({
    tone: 'bad',
    icon: 'warn',
    title: view.message,
    body:
      suggestion === null && example === null
        ? undefined
        : html`<div class="hints">
            ${hint('Did you mean', suggestion, context)}${hint('For example', example, context)}
          </div>`,
  })
}

function hint(label: string, line: string | null, context: CardContext): TemplateResult | typeof nothing {
  if (line === null) return nothing
  return html`<span class="hint"
    >${label}
    <button type="button" class="chip" title="Put it into the composer" @click=${() => context.suggest(line)}>
      <code>${line}</code>
    </button></span
  >`
}
