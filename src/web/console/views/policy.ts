import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { PolicyView } from '../../../core/model/view.ts'
import { actions, card } from '../card.ts'
import type { CardContext } from '../card.ts'

/** Every setting; those the team set stand out from defaults, what was just changed is marked. */
export function renderPolicy(view: PolicyView, context: CardContext): TemplateResult {
  // Changes are told as sentences: `target: 80 % → 50 %`.
  const changed = (name: string): boolean => view.changed.some((line) => line.startsWith(`${name}:`))
  return card({
    tone: view.changed.length > 0 ? 'good' : 'accent',
    icon: 'gear',
    title: html`${view.changed.length > 0 ? 'Policy changed' : 'Policy'} <span class="quiet">of ${view.pool}</span>`,
    body: html`<dl class="settings">
        ${view.fields.map(
          ({ name, value, isDefault, meaning }) =>
            html`<div data-changed=${changed(name)} data-default=${isDefault}>
              <dt>
                <button
                  type="button"
                  class="setting"
                  title="Change it in the composer"
                  @click=${() => context.suggest(`/spinup policy ${name} `)}
                >
                  ${name}
                </button>
              </dt>
              <dd>
                <strong>${value}</strong>${changed(name) ? html`<span class="badge tone-good">changed</span>` : nothing}
              </dd>
              <dd class="meaning">${meaning}</dd>
            </div>`,
        )}
      </dl>
      ${actions(view.actions, context)}`,
  })
}
