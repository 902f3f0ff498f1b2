import type { Choices, ConnectService } from '../service.ts'
import { form, page } from '../layout.ts'
import { html, perHour, perMonth, type Markup } from '../markup.ts'
import type { CheckLine } from '../../../core/model/view.ts'
import type { Journey } from '../session.ts'
import type { LinkOrder } from '../../../store/connect-sessions.ts'

/** Everything once more, with what it costs and whether the droplet answers from here. */
export function confirmPage(
  service: ConnectService,
  journey: Journey,
  options: {
    readonly choices: Choices
    readonly url: string
    readonly health: { readonly healthy: boolean; readonly detail: string }
    /** Whether the droplet reaches the bot. */
    readonly reach: CheckLine
    /** What clones will not have; a sentence each. */
    readonly caveats: readonly string[]
    readonly problem: string | null
  },
): string {
  const { choices, health, reach, url, caveats } = options
  const { droplet, balancer, members } = choices
  const clone = members.size
  const most = service.mostMembers
  const more = most - 1
  return page(
    { title: 'Is this right?', step: 'confirm', journey, problem: options.problem },
    html`<dl class="choices-made">
        ${row('Account', journey.account?.name ?? '', 'account')}
        ${row('Droplet', `${droplet.name} (${droplet.about}, ${droplet.region})`, 'droplet')}
        ${row('Balancer', balancer.about, 'balancer')}
        ${row('Members', `port ${members.address.port} on the ${members.address.network} address`, 'members')}
        ${row('Clones', `${clone.about} (${clone.slug}) in ${droplet.region}`, 'members')}
      </dl>
      <p class="health tone-${health.healthy ? 'good' : 'warn'}">
        <span class="badge">${health.healthy ? 'answers' : 'no good answer'}</span> <code>${url}</code> ${health.detail}
      </p>
      ${health.healthy ? null : html`<p class="quiet">Clones are added only when this answers 2xx to the bot. You can continue, and fix it before the first clone.</p>`}
      ${unreached(reach)}
      ${caveats.map((words) => html`<p class="health tone-warn"><span class="badge">not cloned</span> ${words}</p>`)}
      <table class="costs">
        <caption>
          What it costs
        </caption>
        <tbody>
          <tr>
            <th scope="row">${droplet.name}, as now</th>
            <td>${perHour(droplet.dollarsPerHour)}</td>
            <td>${perMonth(droplet.dollarsPerMonth)}</td>
          </tr>
          <tr>
            <th scope="row">each clone, while it exists</th>
            <td>${perHour(clone.dollarsPerHour)}</td>
            <td>${perMonth(clone.dollarsPerMonth)}</td>
          </tr>
          <tr>
            <th scope="row">at most: ${most} members, of which ${more} ${more === 1 ? 'clone' : 'clones'}</th>
            <td>${perHour(sum(droplet.dollarsPerHour, more * clone.dollarsPerHour))}</td>
            <td>${perMonth(sum(droplet.dollarsPerMonth, more * clone.dollarsPerMonth))}</td>
          </tr>
          <tr>
            <th scope="row">a snapshot</th>
            <td colspan="2">$0.06 a GB and month</td>
          </tr>
        </tbody>
      </table>
      <p class="quiet">
        The maximum is set by <code>/spinup policy max=${most}</code>, and never passed. Nothing is created yet: next
        come the agent and the snapshot, and you start both.
      </p>
      ${form(journey, 'confirm', html`<div class="buttons"><button class="button primary">Connect ${droplet.name}</button></div>`)}`,
  )
}

function sum(own: number | null, clones: number): number | null {
  return own === null ? null : own + clones
}

/** What would keep the agent from reaching the bot, or let others in between. */
function unreached({ state, detail, fix }: CheckLine): Markup | null {
  if (state === 'ok') return null
  return html`<p class="health tone-warn">
      <span class="badge">${state === 'failed' ? 'unreachable' : 'the bot’s address'}</span> ${detail}.
    </p>
    <p class="quiet">${fix} You can continue, and put it right before the agent is installed.</p>`
}

function row(label: string, value: string, step: string): Markup {
  return html`<div>
    <dt>${label}</dt>
    <dd>${value}</dd>
    <dd class="change">
      <a href="/connect/${step}">Change<span class="hidden"> ${label.toLowerCase()}</span></a>
    </dd>
  </div>`
}

/** The end: the line for the droplet, and back to the channel. */
export function donePage(journey: Journey): string {
  const { pool, line } = journey.done ?? { pool: '', line: null }
  if (journey.order.poolId !== null) {
    return page(
      { title: 'Linked again', step: null, journey },
      html`<p class="lead">
        Spinup reaches the account of <strong>${pool}</strong> with the new access; the old one is forgotten. You can
        close this page.
      </p>`,
    )
  }
  return page(
    { title: `${pool} is linked`, step: null, journey },
    html`${
        line === null
          ? null
          : html`<p class="lead">
                Now run this on <strong>${pool}</strong>. It puts the agent there, which reports CPU and memory:
              </p>
              <div class="shell">
                <code id="line" tabindex="0">${line}</code
                ><button type="button" class="button plain" data-copy="line">Copy</button>
              </div>
              <p class="quiet">
                The line works for one agent, for half an hour; it is in the channel too. Running it twice does no harm.
              </p>`
      }
      <p>The channel continues when the first sample arrives. You can close this page.</p>`,
  )
}

/**
 * Before a link is used up: chat platforms open links to preview them, and must not spend it. It also tells the person
 * who asked for it, so that nobody links an account for a stranger.
 */
export function openPage(link: string, order: LinkOrder): string {
  const what =
    order.poolId === null
      ? html`link an account and pick the droplet that Spinup is to watch`
      : html`link the account of <strong>${order.poolId}</strong> again`
  return page(
    { title: 'Connect a droplet', step: null, journey: null },
    html`<p class="lead">
        <strong>${order.asker.actor.name}</strong> (${order.asker.actor.platform}) asked to ${what}.
      </p>
      <p class="quiet">
        Continue only if you know about this. The link works once; the page stays open for an hour, in this browser.
      </p>
      <form method="post" action="/connect/open">
        <input type="hidden" name="link" value="${link}" />
        <div class="buttons"><button class="button primary" autofocus>Continue</button></div>
      </form>`,
  )
}

/** Something that ends the way: a link that is used up, a session that is over. */
export function endPage(title: string, words: string): string {
  return page({ title, step: null, journey: null }, html`<p class="lead">${words}</p>`)
}
