import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { ConnectView } from '../../../core/model/view.ts'
import { actions, card } from '../card.ts'
import type { CardContext } from '../card.ts'
import { icon } from '../icons.ts'
import { prose } from '../prose.ts'
import { stepper } from '../stepper.ts'

/** The onboarding: one card that walks its steps. */
export function renderConnect(view: ConnectView, context: CardContext): TemplateResult {
  const done = view.steps.filter(({ state }) => state === 'done').length
  const failed = view.steps.some(({ state }) => state === 'failed')
  return card({
    tone: failed ? 'bad' : done === view.steps.length ? 'good' : 'accent',
    icon: 'plug',
    title: view.title,
    aside: html`<span class="quiet">${done} of ${view.steps.length}</span>`,
    body: html`${stepper(view.steps)} ${view.prompt === null ? nothing : prose(view.prompt)}
    ${
      view.choices.length === 0
        ? nothing
        : html`<div class="choices">
            ${view.choices.map(({ label, detail, action }) => {
              const state = context.pressState(action)
              return html`<button
                type="button"
                class="choice"
                data-state=${state}
                data-action=${action}
                aria-disabled=${state !== 'idle'}
                @click=${() => state === 'idle' && context.press(action)}
              >
                <strong>${label}</strong><span>${detail}</span>
              </button>`
            })}
          </div>`
    }
    ${view.line === null ? nothing : commandLine(view.line, context)} ${actions(view.actions, context)}`,
  })
}

function commandLine(line: string, context: CardContext): TemplateResult {
  return html`<div class="shell">
    <code>${line}</code>
    <button
      type="button"
      class="icon-button"
      aria-label="Copy the line"
      title="Copy"
      @click=${() => context.copy(line)}
    >
      ${icon('copy')}
    </button>
  </div>`
}
