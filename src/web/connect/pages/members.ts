import type { DropletPick, SizeOffer, SizePick } from '../../../core/model/droplet.ts'
import { form, page } from '../layout.ts'
import { html, perHour, perMonth, type Markup } from '../markup.ts'
import type { Journey } from '../session.ts'

export type MemberFields = Readonly<Record<string, string>>

/** How members are reached, and what clones are made as. */
export function membersPage(
  journey: Journey,
  droplet: DropletPick,
  { sizes, ownUnfit }: SizeOffer,
  fields: MemberFields,
  problem: string | null,
): string {
  return page(
    { title: `Clones of ${droplet.name}`, step: 'members', journey, problem },
    form(
      journey,
      'members',
      html`<fieldset class="group">
          <legend>Address</legend>
          <p class="quiet">Where the balancer and this bot reach the web app of a member.</p>
          <ul class="picks small">
            ${network('private', 'Private', droplet.privateIp, 'inside the VPC; the bot must be in it, too', fields)}
            ${network('public', 'Public', droplet.publicIp, 'over the internet', fields)}
          </ul>
          <div class="columns">
            <div class="field">
              <label for="port">Port</label
              ><input
                id="port"
                name="port"
                inputmode="numeric"
                pattern="[0-9]{1,5}"
                required
                value="${fields['port'] ?? '80'}"
              />
            </div>
            <div class="field">
              <label for="healthPath">Health path</label
              ><input
                id="healthPath"
                name="healthPath"
                required
                value="${fields['healthPath'] ?? '/health'}"
                spellcheck="false"
                autocomplete="off"
                aria-describedby="health-note"
              /><small id="health-note">Answers 2xx when a member can serve.</small>
            </div>
          </div>
        </fieldset>
        <fieldset class="group">
          <legend>Size</legend>
          <div class="field">
            <label for="size">Each clone</label>
            <select id="size" name="size" required>
              ${sizes.some((one) => one.slug === fields['size']) ? null : html`<option value="" disabled selected>Choose one</option>`}
              ${sizes.map((one) => option(one, droplet, fields['size'] ?? ''))}
            </select>
            <small
              >${ownUnfit === null ? null : `${ownUnfit} `}A snapshot of ${droplet.name} fits on these. Droplets are
              billed by the second while they exist.</small
            >
          </div>
          <p class="field">
            <span class="label">Region</span
            ><span>${droplet.region}, as ${droplet.name}: its snapshot is kept there</span>
          </p>
        </fieldset>
        <div class="buttons"><button class="button primary">Continue</button></div>`,
    ),
  )
}

function network(name: string, label: string, ip: string | null, note: string, fields: MemberFields): Markup {
  const chosen = fields['network'] === name && ip !== null
  return html`<li>
    <label class="pick" ${ip === null ? html` data-unfit` : null}
      ><input
        type="radio"
        name="network"
        value="${name}"
        required${ip === null ? html` disabled` : null}${chosen ? html` checked` : null}
      />
      <span class="pick-text"
        ><strong>${label}</strong
        ><small>${ip === null ? 'the droplet has no such address' : `${ip}, ${note}`}</small></span
      ></label
    >
  </li>`
}

function option(one: SizePick, droplet: DropletPick, chosen: string): Markup {
  const own = one.slug === droplet.size ? ', as the origin' : ''
  return html`<option value="${one.slug}" ${one.slug === chosen ? html` selected` : null}>
    ${one.about} – ${perMonth(one.dollarsPerMonth)}, ${perHour(one.dollarsPerHour)} (${one.slug}${own})
  </option>`
}
