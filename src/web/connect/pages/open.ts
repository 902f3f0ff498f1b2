import type { LinkOrder } from '../../../store/connect-sessions.ts'
import { page } from '../layout.ts'
import { html } from '../markup.ts'

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
