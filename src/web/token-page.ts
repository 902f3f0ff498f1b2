// Fastify awaits its handlers and answers what they throw.
/* oxlint-disable oxc/no-async-endpoint-handlers */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { messageOf, SpinupError } from '../core/model/error.ts'
import type { Ordered } from '../store/api-tokens.ts'
import { parseForm, parseQuery } from './connect/forms.ts'
import { page } from './connect/layout.ts'
import { html } from './connect/markup.ts'
import { statusOf } from './failures.ts'
import { refuseForeign } from './guard.ts'
import { AGAIN } from './page.ts'

export interface TokenPageOptions {
  /** What a link is for, without using it up; null: it was used, or is too old. */
  readonly peek: (link: string) => Promise<Ordered | null>
  /** Uses it up: the token, which is seen this once; null as above. */
  readonly open: (link: string) => Promise<string | null>
}

const HTML = 'text/html; charset=utf-8'

/**
 * The page behind `/spinup token new`: a one-time link, opened by the one who asked, makes the token and shows it. A page that
 * is only looked at, as chats do for previews, uses nothing up. `isAsker`: whether the one who opens it asked for it.
 */
export function addTokenPage(
  app: FastifyInstance,
  {
    peek,
    open,
    names,
    isAsker,
  }: TokenPageOptions & {
    readonly names: ReadonlySet<string>
    readonly isAsker: (request: FastifyRequest, ordered: Ordered) => Promise<boolean>
  },
): void {
  app.addHook('onRequest', async (request) => refuseForeign(request, names, true))
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 4096 },
    (_request, body, done) => done(null, parseForm(String(body))),
  )
  app.setErrorHandler((error, request, reply) => {
    const known = error instanceof SpinupError
    if (!known) request.log.error({ reason: messageOf(error) }, 'token page failed')
    const words = known ? error.message : 'Something went wrong here; the log of the bot says what.'
    return reply
      .code(known ? statusOf(error) : 500)
      .type(HTML)
      .header('cache-control', 'no-store')
      .send(end('That did not work', words))
  })
  const mustBeAsker = async (request: FastifyRequest, ordered: Ordered): Promise<void> => {
    if (await isAsker(request, ordered)) return
    throw new SpinupError(
      'unauthorised',
      `This link is for the one who asked for it, ${ordered.asker.actor.name}: sign in to the console with the same password, and open it again.`,
    )
  }

  app.get('/token', async (request, reply) => {
    void reply.type(HTML).header('cache-control', 'no-store')
    const { link = '' } = parseQuery(request.query)
    const ordered = await peek(link)
    if (ordered === null) return reply.code(410).send(usedUp())
    // Followed from elsewhere, the console's cookie is held back; what the page asks for itself brings it.
    if (request.headers['sec-fetch-site'] === 'cross-site' && !(await isAsker(request, ordered))) return AGAIN
    await mustBeAsker(request, ordered)
    return asking(link, ordered)
  })

  app.post('/token', async (request, reply) => {
    void reply.type(HTML).header('cache-control', 'no-store')
    const { link = '' } = parseQuery(request.body)
    const ordered = await peek(link)
    if (ordered === null) return reply.code(410).send(usedUp())
    await mustBeAsker(request, ordered)
    const token = await open(link)
    return token === null ? reply.code(410).send(usedUp()) : shown(ordered, token)
  })
}

function asking(link: string, { order, asker }: Ordered): string {
  return page(
    { title: `A token for ${order.name}`, step: null, journey: null },
    html`<p class="lead">
        ${asker.actor.name} asked for it. It may <strong>${order.can.join(', ')}</strong>. It is made now, and shown
        once.
      </p>
      <form method="post" action="/token">
        <input type="hidden" name="link" value="${link}" />
        <div class="buttons"><button class="button primary">Make and show the token</button></div>
      </form>`,
  )
}

function shown({ order }: Ordered, token: string): string {
  return page(
    { title: `The token of ${order.name}`, step: null, journey: null },
    html`<p class="lead">
        It is shown here and never again: put it among the secrets of your CI. Spinup keeps only a hash of it.
      </p>
      <div class="shell">
        <code id="token" tabindex="0">${token}</code
        ><button type="button" class="button plain" data-copy="token">Copy</button>
      </div>
      <p class="quiet"><code>/spinup token revoke ${order.name}</code> ends it.</p>`,
  )
}

function usedUp(): string {
  return end('This link has been used', 'Or it is too old. Ask for another in your chat: /spinup token new.')
}

function end(title: string, words: string): string {
  return page({ title, step: null, journey: null }, html`<p class="lead">${words}</p>`)
}
