import type { ConnectDesk, LoadBalancerPick } from '../desk.ts'
import { form, page } from '../layout.ts'
import { html, type Markup } from '../markup.ts'
import type { Journey } from '../session.ts'

/** What stands in the form: typed before, chosen before, or from the environment. */
export type BalancerFields = Readonly<Record<string, string>>

export function balancerPage(
  desk: ConnectDesk,
  journey: Journey,
  options: {
    readonly fields: BalancerFields
    /** null: they could not be listed, and `problem` says why. */
    readonly loadBalancers: readonly LoadBalancerPick[] | null
    readonly problem: string | null
  },
): string {
  const { fields, loadBalancers } = options
  return page(
    { title: 'What stands in front of it?', step: 'balancer', journey, problem: options.problem },
    html`<p class="quiet">
        Spinup hooks clones onto it once they are healthy, and takes them off before they are deleted.
      </p>
      ${form(
        journey,
        'balancer',
        html`<fieldset>
            <legend class="hidden">Balancer</legend>
            <ul class="picks">
              ${desk.balancers.map(({ name, about }) => kind(name, about, fields, settings(name, fields, loadBalancers, desk)))}
            </ul>
          </fieldset>
          <div class="buttons"><button class="button primary">Go on</button></div>`,
      )}`,
  )
}

const LABELS: Readonly<Record<string, string>> = {
  builtin: 'Built-in',
  digitalocean: 'DigitalOcean load balancer',
  haproxy: 'HAProxy',
  caddy: 'Caddy',
  webhook: 'Webhook',
}

function kind(name: string, about: string, fields: BalancerFields, inside: Markup | null): Markup {
  return html`<li class="kind">
    <label class="pick"
      ><input type="radio" name="kind" value="${name}" required${fields['kind'] === name ? html` checked` : null} />
      <span class="pick-text"><strong>${LABELS[name] ?? name}</strong><small>${about}</small></span></label
    >
    ${inside === null ? null : html`<div class="inside">${inside}</div>`}
  </li>`
}

function settings(
  name: string,
  fields: BalancerFields,
  loadBalancers: readonly LoadBalancerPick[] | null,
  desk: ConnectDesk,
): Markup | null {
  switch (name) {
    case 'digitalocean':
      return loadBalancerList(loadBalancers ?? [], fields['loadBalancer'] ?? '')
    case 'haproxy':
      return html`${field('haproxyAddress', 'Runtime API', fields, 'unix:/run/haproxy/admin.sock', 'A unix socket on this machine, or tcp://ADDRESS:PORT in the private network. It has no password: let the firewall admit this bot only.')}
      ${field('haproxyBackend', 'Backend', fields, 'app', 'Its servers are the pool; give the pool a backend of its own.')}`
    case 'caddy':
      return html`${field('caddyAdmin', 'Admin API', fields, 'http://127.0.0.1:2019', 'Or unix:/run/caddy/admin.sock.')}
      ${field('caddyHandler', 'reverse_proxy', fields, 'empty: the only one', 'Its @id, or its path in the configuration; empty where there is only one.')}`
    case 'webhook':
      return html`${field('webhookUrl', 'URL', fields, 'https://balancer.internal/spinup', 'Gets a signed POST for each change.')}
        <div class="field">
          <label for="webhookSecret">Shared secret</label>
          <input
            id="webhookSecret"
            name="webhookSecret"
            type="password"
            autocomplete="off"
            spellcheck="false"
            aria-describedby="webhookSecret-note"
          />
          <small id="webhookSecret-note"
            >At least 16 characters, e.g. from <code>openssl rand -hex 32</code>. Kept encrypted, and not shown
            again.</small
          >
        </div>
        <div class="field">
          <label for="webhookFormat">Format</label>
          <select id="webhookFormat" name="webhookFormat" aria-describedby="webhookFormat-note">
            ${['json', 'form'].map((value) => html`<option${(fields['webhookFormat'] ?? desk.defaults.webhook?.format) === value ? html` selected` : null}>${value}</option>`)}
          </select>
          <small id="webhookFormat-note"
            >form: <code>type=add-server</code> or <code>rmv-server</code>, and <code>url</code>.</small
          >
        </div>
        ${field('webhookSettle', 'Time a leaving member gets to finish', fields, '30s', 'Where the endpoint does not tell what is in flight.')}`
    default:
      return null
  }
}

function field(name: string, label: string, fields: BalancerFields, example: string, note: string): Markup {
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      value="${fields[name] ?? ''}"
      placeholder="${example}"
      autocomplete="off"
      spellcheck="false"
      aria-describedby="${name}-note"
    />
    <small id="${name}-note">${note}</small>
  </div>`
}

function loadBalancerList(all: readonly LoadBalancerPick[], picked: string): Markup {
  if (all.length === 0) return html`<p class="empty">There is no load balancer in this account.</p>`
  return html`<ul class="picks small">
    ${all.map(
      (one) =>
        html`<li>
          <label class="pick" ${one.unfit === null ? null : html` data-unfit`}
            ><input
              type="radio"
              name="loadBalancer"
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
