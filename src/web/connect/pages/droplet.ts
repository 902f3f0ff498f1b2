import type { DropletPick } from '../../../core/model/droplet.ts'
import { form, page } from '../layout.ts'
import { html, perHour, perMonth, type Markup } from '../markup.ts'
import type { Journey } from '../session.ts'

const MOST_SHOWN = 30

/** Which droplet runs the site. The search form works by itself; the script only sends it as one types. */
export function dropletPage(
  journey: Journey,
  found: readonly DropletPick[],
  text: string,
  problem: string | null,
): string {
  return page(
    { title: 'Which droplet runs your site?', step: 'droplet', journey, problem },
    html`<p class="quiet">
        Clones are made from a snapshot of it. Spinup never deletes it, nor any droplet that it did not make.
      </p>
      <form method="get" action="/connect/droplet" role="search" class="search">
        <label class="hidden" for="q">Search droplets by name, tag, region or address</label>
        <input
          id="q"
          name="q"
          type="search"
          value="${text}"
          placeholder="Search by name, tag, region or address"
          autocomplete="off"
          spellcheck="false"
          data-search="/connect/droplets"
          data-results="results"
        />
        <button class="button plain">Search</button>
      </form>
      ${form(
        journey,
        'droplet',
        html`<fieldset>
            <legend class="hidden">Droplets</legend>
            <div id="results" aria-live="polite">${dropletList(found, journey.droplet?.id ?? null, text)}</div>
          </fieldset>
          <div class="buttons"><button class="button primary">Continue</button></div>`,
      )}`,
  )
}

/** The list alone, as the script puts it in. */
export function dropletList(found: readonly DropletPick[], picked: string | null, text: string): Markup {
  if (found.length === 0) {
    return html`<p class="empty">
      ${text === '' ? 'There is no droplet in this account yet. Create one, then reload this page.' : `No droplet matches “${text}”.`}
    </p>`
  }
  const rest = found.length - MOST_SHOWN
  return html`<ul class="picks">
      ${found.slice(0, MOST_SHOWN).map((one) => row(one, one.id === picked))}
    </ul>
    ${rest > 0 ? html`<p class="quiet">and ${rest} more; type to narrow it down</p>` : null}`
}

function row(one: DropletPick, picked: boolean): Markup {
  const where = [one.about, one.region, one.publicIp ?? one.privateIp].filter((part) => part !== null).join(' · ')
  return html`<li>
    <label class="pick"
      ><input type="radio" name="droplet" value="${one.id}" required${picked ? html` checked` : null} />
      <span class="pick-text"
        ><strong>${one.name}</strong
        >${one.status === 'active' ? null : html` <span class="badge tone-warn">${one.status}</span>`}<small
          >${where}</small
        ></span
      >
      <span class="pick-price"
        >${perMonth(one.dollarsPerMonth)}<small>${perHour(one.dollarsPerHour)}</small></span
      ></label
    >
  </li>`
}
