import type { ConnectDesk, LinkOutcome } from '../desk.ts'
import { form, page } from '../layout.ts'
import { html, type Markup } from '../markup.ts'
import type { Journey } from '../session.ts'

const NEW_TOKEN = 'https://cloud.digitalocean.com/account/api/tokens/new'

/**
 * Log in, or paste a token. `refused` is what the check of an earlier one found; the token itself is never shown.
 * `pasting`: it was pasted, and another one will be.
 */
export function accountPage(
  desk: ConnectDesk,
  journey: Journey,
  refused: Extract<LinkOutcome, { ok: false }> | string | null,
  pasting = false,
): string {
  const linked = journey.account
  return page(
    {
      title:
        journey.order.poolId === null
          ? 'Your DigitalOcean account'
          : `Link the account of ${journey.order.poolId} again`,
      step: 'account',
      journey,
      problem: refused === null || typeof refused === 'string' ? refused : refusal(refused),
    },
    html`${linked === null ? null : html`<p class="note">Linked: <strong>${linked.name}</strong>. <a href="/connect/droplet">Go on with it</a>, or link another one.</p>`}
    ${
      desk.environment
        ? form(
            journey,
            'environment',
            html`<p class="lead">This bot was started with the token of an account.</p>
              <div class="buttons"><button class="button primary">Use the bot’s account</button></div>`,
          )
        : null
    }
    ${desk.oauth ? login(desk) : null} ${paste(desk, journey, pasting)}`,
  )
}

function login(desk: ConnectDesk): Markup {
  return html`<p class="lead">
      DigitalOcean asks you whether Spinup may, and sends you back here. No password or token passes through the
      channel.
    </p>
    <div class="buttons">
      <a class="button ${desk.environment ? 'plain' : 'primary'}" href="/connect/oauth">Log in with DigitalOcean</a>
    </div>`
}

function paste(desk: ConnectDesk, journey: Journey, pasting: boolean): Markup {
  const first = !desk.oauth && !desk.environment
  const fields = form(
    journey,
    'token',
    html`<p>
        Make one at <a href="${NEW_TOKEN}" target="_blank" rel="noopener noreferrer">cloud.digitalocean.com</a> with
        <strong>custom scopes</strong>, and tick these:
      </p>
      ${scopeList(desk)}
      <div class="field">
        <label for="token">Personal access token</label>
        <input
          id="token"
          name="token"
          type="password"
          required
          autocomplete="off"
          spellcheck="false"
          placeholder="dop_v1_…"
          aria-describedby="token-note"
          ${first || pasting ? html` autofocus` : null}
        />
        <small id="token-note"
          >It is checked, then kept encrypted. It is not shown again, here or in the channel.</small
        >
      </div>
      <div class="buttons"><button class="button ${first ? 'primary' : 'plain'}">Check the token</button></div>`,
  )
  return first
    ? html`<section>
        <h2>Paste a personal access token</h2>
        ${fields}
      </section>`
    : html`<details class="other" ${pasting ? html` open` : null}>
        <summary>Or paste a personal access token</summary>
        ${fields}
      </details>`
}

function scopeList(desk: ConnectDesk): Markup {
  const groups = new Map<string, { readonly verbs: string[]; readonly whys: string[] }>()
  for (const { scope, why } of desk.neededScopes) {
    const [thing = scope, verb = ''] = scope.split(':')
    const group = groups.get(thing) ?? { verbs: [], whys: [] }
    group.verbs.push(verb)
    group.whys.push(why)
    groups.set(thing, group)
  }
  return html`<details class="scopes">
    <summary>${desk.neededScopes.length} scopes, and what each is for</summary>
    <table>
      <thead>
        <tr>
          <th scope="col">Scope</th>
          <th scope="col">So that Spinup can</th>
        </tr>
      </thead>
      <tbody>
        ${[...groups].map(
          ([thing, { verbs, whys }]) =>
            html`<tr>
              <th scope="row"><code>${thing}</code> ${verbs.join(', ')}</th>
              <td>${[...new Set(whys)].join('; ')}</td>
            </tr>`,
        )}
        ${desk.welcomeScopes.map(({ scope, why }) => {
          const [thing = scope, verb = ''] = scope.split(':')
          return html`<tr>
            <th scope="row"><code>${thing}</code> ${verb}</th>
            <td>${why}; optional</td>
          </tr>`
        })}
      </tbody>
    </table>
  </details>`
}

function refusal({ words, missing }: Extract<LinkOutcome, { ok: false }>): Markup {
  if (missing.length < 2 || missing.length > 12) return html`<p>${short(words)}</p>`
  return html`<p>
      The token lacks ${missing.length} scopes. Add them in DigitalOcean’s control panel and link the account again.
    </p>
    <ul class="lacks">
      ${missing.map(({ scope, why }) => html`<li><code>${scope}</code> to ${why}</li>`)}
    </ul>`
}

function short(words: string): string {
  return words.length > 600 ? `${words.slice(0, 600)}…` : words
}
