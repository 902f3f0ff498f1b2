import type { CloudOffer, ConnectService, LinkOutcome } from '../service.ts'
import { form, page } from '../layout.ts'
import { html, type Markup } from '../markup.ts'
import type { Journey } from '../session.ts'
import { clip } from '../../../core/model/letters.ts'

/**
 * Log in, or paste a token, at one of the clouds. `refused` is what the check of an earlier one found; the token itself is
 * never shown. `pasting`: one of that cloud was pasted, and another one will be.
 */
export function accountPage(
  service: ConnectService,
  journey: Journey,
  refused: Extract<LinkOutcome, { ok: false }> | string | null,
  pasting: string | null = null,
): string {
  const linked = journey.account
  const { clouds } = service
  const only = clouds.length === 1 ? clouds[0] : undefined
  return page(
    {
      title:
        journey.order.poolId === null
          ? only === undefined
            ? 'Your account'
            : `Your ${only.label} account`
          : `Link the account of ${journey.order.poolId} again`,
      step: 'account',
      journey,
      problem: refused === null || typeof refused === 'string' ? refused : refusal(refused),
    },
    html`${linked === null ? null : html`<p class="note">Linked: <strong>${linked.name}</strong>. <a href="/connect/droplet">Continue with it</a>, or link another one.</p>`}
    ${clouds.map((cloud) =>
      only !== undefined
        ? ways(cloud, journey, pasting)
        : html`<section>
            <h2>${cloud.label}</h2>
            ${ways(cloud, journey, pasting)}
          </section>`,
    )}`,
  )
}

/** The ways into an account of a cloud. */
function ways(cloud: CloudOffer, journey: Journey, pasting: string | null): Markup {
  const { name } = cloud
  return html`${
    cloud.environment
      ? form(
          journey,
          'environment',
          html`<input type="hidden" name="cloud" value="${name}" />
            <p class="lead">This bot was started with the token of an account.</p>
            <div class="buttons"><button class="button primary">Use the bot’s account</button></div>`,
        )
      : null
  }
  ${cloud.login ? login(cloud) : null} ${paste(cloud, journey, pasting === name)}`
}

function login({ name, label, environment }: CloudOffer): Markup {
  return html`<p class="lead">
      ${label} asks you whether Spinup may, and sends you back here. No password or token passes through the channel.
    </p>
    <div class="buttons">
      <a class="button ${environment ? 'plain' : 'primary'}" href="/connect/oauth?cloud=${name}"
        >Log in with ${label}</a
      >
    </div>`
}

function paste(cloud: CloudOffer, journey: Journey, pasting: boolean): Markup {
  const first = !cloud.login && !cloud.environment
  const id = `token-${cloud.name}`
  const fields = form(
    journey,
    'token',
    html`<input type="hidden" name="cloud" value="${cloud.name}" />
      <p>
        Make one at
        <a href="${cloud.token.page}" target="_blank" rel="noopener noreferrer">${new URL(cloud.token.page).host}</a>
        ${cloud.token.needed.length === 0 ? null : html`with <strong>custom scopes</strong>, and tick these:`}
      </p>
      ${cloud.token.needed.length === 0 ? null : scopeList(cloud.token)}
      <div class="field">
        <label for="${id}">Personal access token</label>
        <input
          id="${id}"
          name="token"
          type="password"
          required
          autocomplete="off"
          spellcheck="false"
          placeholder="${cloud.token.example}"
          aria-describedby="${id}-note"
          ${first || pasting ? html` autofocus` : null}
        />
        <small id="${id}-note"
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

function scopeList({ needed, welcome }: CloudOffer['token']): Markup {
  const groups = new Map<string, { readonly verbs: string[]; readonly whys: string[] }>()
  for (const { scope, why } of needed) {
    const [thing = scope, verb = ''] = scope.split(':')
    const group = groups.get(thing) ?? { verbs: [], whys: [] }
    group.verbs.push(verb)
    group.whys.push(why)
    groups.set(thing, group)
  }
  return html`<details class="scopes">
    <summary>${needed.length} scopes, and what each is for</summary>
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
        ${welcome.map(({ scope, why }) => {
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
  return html`<p>The token lacks ${missing.length} scopes. Add them in the control panel and link the account again.</p>
    <ul class="lacks">
      ${missing.map(({ scope, why }) => html`<li><code>${scope}</code> to ${why}</li>`)}
    </ul>`
}

function short(words: string): string {
  return clip(words, 600)
}
