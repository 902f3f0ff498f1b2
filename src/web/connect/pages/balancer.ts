import type { ConnectField, ConnectFields } from '../../../core/model/form.ts'
import type { LoadBalancerPick } from '../../../core/model/droplet.ts'
import type { BalancerOffer } from '../service.ts'
import { form, page } from '../layout.ts'
import { html, type Markup } from '../markup.ts'
import type { Journey } from '../session.ts'

export function balancerPage(
  balancers: readonly BalancerOffer[],
  journey: Journey,
  options: {
    /** What stands in the form: typed before, chosen before, or from the environment. */
    readonly fields: ConnectFields
    /** null: they could not be listed, and `problem` says why. */
    readonly loadBalancers: readonly LoadBalancerPick[] | null
    readonly problem: string | null
  },
): string {
  const { fields, loadBalancers } = options
  return page(
    { title: 'Which balancer is in front of it?', step: 'balancer', journey, problem: options.problem },
    html`<p class="quiet">
        Spinup hooks clones onto it once they are healthy, and takes them off before they are deleted.
      </p>
      ${form(
        journey,
        'balancer',
        html`<fieldset>
            <legend class="hidden">Balancer</legend>
            <ul class="picks">
              ${balancers.map((one) => kind(one, fields, loadBalancers ?? []))}
            </ul>
          </fieldset>
          <div class="buttons"><button class="button primary">Continue</button></div>`,
      )}`,
  )
}

function kind(one: BalancerOffer, fields: ConnectFields, loadBalancers: readonly LoadBalancerPick[]): Markup {
  return html`<li class="kind">
    <label class="pick"
      ><input
        type="radio"
        name="kind"
        value="${one.name}"
        required${fields['kind'] === one.name ? html` checked` : null}
      />
      <span class="pick-text"><strong>${one.label}</strong><small>${one.about}</small></span></label
    >
    ${one.fields.length === 0 ? null : html`<div class="inside">${one.fields.map((each) => field(each, fields[each.name] ?? '', loadBalancers))}</div>`}
  </li>`
}

function field(one: ConnectField, value: string, loadBalancers: readonly LoadBalancerPick[]): Markup {
  switch (one.kind) {
    case 'loadBalancer':
      return loadBalancerList(one.name, loadBalancers, value)
    case 'choice':
      return labelled(
        one,
        html`<select id="${one.name}" name="${one.name}" aria-describedby="${one.name}-note">
          ${one.values.map((each) => html`<option${each === value ? html` selected` : null}>${each}</option>`)}
        </select>`,
      )
    case 'secret':
      return labelled(
        one,
        html`<input
          id="${one.name}"
          name="${one.name}"
          type="password"
          autocomplete="off"
          spellcheck="false"
          aria-describedby="${one.name}-note"
        />`,
      )
    case 'text':
      return labelled(
        one,
        html`<input
          id="${one.name}"
          name="${one.name}"
          value="${value}"
          placeholder="${one.example}"
          autocomplete="off"
          spellcheck="false"
          aria-describedby="${one.name}-note"
        />`,
      )
  }
}

function labelled(
  { name, label, note }: { readonly name: string; readonly label: string; readonly note: string },
  input: Markup,
): Markup {
  return html`<div class="field">
    <label for="${name}">${label}</label>
    ${input}
    <small id="${name}-note"
      >${note.split('`').map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`))}</small
    >
  </div>`
}

function loadBalancerList(name: string, all: readonly LoadBalancerPick[], picked: string): Markup {
  if (all.length === 0) return html`<p class="empty">There is no load balancer in this account.</p>`
  return html`<ul class="picks small">
    ${all.map(
      (one) =>
        html`<li>
          <label class="pick" ${one.unfit === null ? null : html` data-unfit`}
            ><input
              type="radio"
              name="${name}"
              value="${one.id}"
              ${one.unfit === null ? null : html` disabled`}${picked === one.id ? html` checked` : null}
            />
            <span class="pick-text"
              ><strong>${one.name}</strong
              >${one.serves ? html` <span class="badge tone-good">serves it already</span>` : null}<small
                >${one.unfit ?? [one.ip, ...one.rules].filter(Boolean).join(' · ')}</small
              ></span
            ></label
          >
        </li>`,
    )}
  </ul>`
}
