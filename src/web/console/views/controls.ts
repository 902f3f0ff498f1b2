import { html } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { Block } from '../../../core/cards/card.ts'
import type { CardContext } from '../card.ts'
import { icon } from '../icons.ts'

/** What can be chosen, a button each. */
export function choices(list: (Block & { readonly kind: 'choices' })['choices'], context: CardContext): TemplateResult {
  return html`<div class="choices">
    ${list.map(({ label, detail, action }) => {
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

/** A shell line with a button that copies it. */
export function commandLine(line: string, context: CardContext): TemplateResult {
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
