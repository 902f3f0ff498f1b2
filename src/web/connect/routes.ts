// Fastify awaits its handlers and answers what they throw.
/* oxlint-disable oxc/no-async-endpoint-handlers */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { messageOf, SpinupError } from '../../core/model/error.ts'
import type { ConnectSessions } from '../../store/connect-sessions.ts'
import type { Assets } from '../assets.ts'
import { addAssets } from '../console-pages.ts'
import { refuseForeign } from '../guard.ts'
import { serviceFor, type Access, type CloudOffer, type ConnectService } from './service.ts'
import type { ConnectFields } from '../../core/model/form.ts'
import { parseForm, parseQuery } from './forms.ts'
import { reached, type StepName } from './layout.ts'
import { accountPage } from './pages/account.ts'
import { donePage, endPage, openPage } from './pages/confirm.ts'
import { createJourneys, sameSecret, type Journey } from './session.ts'
import { addSteps, type Stage, type Walk } from './steps.ts'

export interface ConnectOptions {
  readonly sessions: ConnectSessions
  readonly service: ConnectService
  readonly log: Logger
}

const HTML = 'text/html; charset=utf-8'
const LONGEST_FORM = 16 * 1024

/**
 * The page behind `/spinup connect`: link an account, pick the droplet, the balancer and the clones. It has its own
 * one-time links and sessions, so it also answers at the public address of a console that does not.
 */
export function addConnect(
  app: FastifyInstance,
  options: ConnectOptions & {
    readonly assets: Assets
    readonly names: ReadonlySet<string>
    readonly publicUrl: string | undefined
  },
): void {
  const secure = options.publicUrl?.startsWith('https:') === true
  const journeys = createJourneys(options.sessions, secure)
  const service = ({ order }: Journey): ConnectService => serviceFor(options.service, order.asker)

  app.addHook('onRequest', async (request) => refuseForeign(request, options.names, true))
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: LONGEST_FORM },
    (_request, body, done) => done(null, parseForm(String(body))),
  )
  app.setErrorHandler((error, request, reply) => {
    const known = error instanceof SpinupError
    // The error's own words only: what a form sent may be a token.
    if (!known) request.log.error({ reason: messageOf(error) }, 'connect page failed')
    const status = known ? (error.code === 'unauthorised' ? 403 : 400) : statusOf(error)
    const words = known
      ? error.message
      : 'Something went wrong here; the log of the bot says what. Nothing was changed.'
    return reply.code(status).type(HTML).header('cache-control', 'no-store').send(endPage('That did not work', words))
  })
  addAssets(app, options.assets, '/connect')

  const walk: Walk = {
    journeys,
    service,
    async at(request, reply, step) {
      const stage = await journeys.of(request)
      void reply.type(HTML).header('cache-control', 'no-store')
      const elsewhere = wayOf(stage.journey, step)
      if (elsewhere === null) return stage
      await reply.redirect(`/connect/${elsewhere}`, 303)
      return null
    },
    async sent(request, reply, step) {
      const stage = await walk.at(request, reply, step)
      if (stage === null) return null
      const fields = fieldsOf(request)
      if (sameSecret(fields['csrf'], stage.journey.csrf)) return { ...stage, fields }
      throw new SpinupError(
        'unauthorised',
        'That form is not from this page, so it was refused. Go back and try again.',
      )
    },
  }

  app.get('/connect', async (request, reply) => {
    void reply.type(HTML).header('cache-control', 'no-store')
    const { link } = parseQuery(request.query)
    if (link === undefined) {
      const { journey } = await journeys.of(request)
      return reply.redirect(`/connect/${journey.done === null ? reached(journey) : 'done'}`, 303)
    }
    const order = await options.sessions.peek(link)
    return order === null ? reply.code(410).send(usedUp()) : openPage(link, order)
  })

  app.post('/connect/open', async (request, reply) => {
    void reply.type(HTML)
    const journey = await journeys.begin(fieldsOf(request)['link'] ?? '', reply)
    return journey === null ? reply.code(410).send(usedUp()) : reply.redirect('/connect/account', 303)
  })

  app.get('/connect/account', async (request, reply) => {
    const stage = await walk.at(request, reply, 'account')
    return stage === null ? reply : accountPage(service(stage.journey), stage.journey, null)
  })

  /** Checks an access and goes on with the account behind it, or says what it lacks. */
  async function link(
    reply: FastifyReply,
    { id, journey }: Stage,
    cloud: string,
    access: Access,
  ): Promise<string | FastifyReply> {
    const { poolId } = journey.order
    const at = service(journey)
    const pasting = access.kind === 'token' ? cloud : null
    try {
      const outcome = await at.link(cloud, access)
      if (!outcome.ok) return reply.code(400).send(accountPage(at, journey, outcome, pasting))
      const account = { id: outcome.account, name: outcome.name, cloud }
      if (poolId !== null) return await linkAgain(reply, { id, journey: { ...journey, account } }, poolId)
      // What was picked in another account is not in this one.
      const fresh = { droplet: null, balancer: null, members: null }
      await journeys.save(id, { ...journey, ...fresh, account })
      if (journey.account !== null && journey.account.id !== account.id) await at.drop(journey.account.id)
      return reply.redirect('/connect/droplet', 303)
    } catch (error) {
      if (!(error instanceof SpinupError)) throw error
      return reply.code(400).send(accountPage(at, journey, error.message, pasting))
    }
  }

  /** Gives a pool another access; one that does not fit it is not kept. */
  async function linkAgain(reply: FastifyReply, { id, journey }: Stage, poolId: string): Promise<FastifyReply> {
    const at = service(journey)
    const account = journey.account?.id ?? ''
    try {
      const done = { ...(await at.relink(poolId, account)), line: null }
      await journeys.save(id, { ...journey, done })
    } catch (error) {
      await at.drop(account)
      throw error
    }
    return reply.redirect('/connect/done', 303)
  }

  app.post('/connect/token', async (request, reply) => {
    const stage = await walk.sent(request, reply, 'account')
    if (stage === null) return reply
    const at = service(stage.journey)
    const cloud = cloudOf(at, stage.fields['cloud'])
    const token = stage.fields['token'] ?? ''
    if (!/^[\w.~+/=-]{8,512}$/.test(token)) {
      return reply
        .code(400)
        .send(
          accountPage(
            at,
            stage.journey,
            `That is not a token. Copy all of it, as ${cloud.label} shows it.`,
            cloud.name,
          ),
        )
    }
    return link(reply, stage, cloud.name, { kind: 'token', token })
  })

  app.post('/connect/environment', async (request, reply) => {
    const stage = await walk.sent(request, reply, 'account')
    if (stage === null) return reply
    const cloud = cloudOf(service(stage.journey), stage.fields['cloud'])
    return link(reply, stage, cloud.name, { kind: 'environment' })
  })

  app.get('/connect/oauth', async (request, reply) => {
    const stage = await walk.at(request, reply, 'account')
    if (stage === null) return reply
    const at = service(stage.journey)
    const { name: cloud } = cloudOf(at, parseQuery(request.query)['cloud'])
    const { url, state, verifier } = at.authorize(cloud)
    await journeys.save(stage.id, { ...stage.journey, oauth: { cloud, state, verifier } })
    return reply.redirect(url, 303)
  })

  app.get('/connect/callback', async (request, reply) => {
    const stage = await walk.at(request, reply, 'account')
    if (stage === null) return reply
    const { oauth } = stage.journey
    const { state, code, error } = parseQuery(request.query)
    if (oauth === null || !sameSecret(state, oauth.state)) {
      throw new SpinupError('unauthorised', 'That answer does not belong to this page. Log in again from the start.')
    }
    // Each attempt counts once, however it ends.
    const journey = { ...stage.journey, oauth: null }
    await journeys.save(stage.id, journey)
    if (code === undefined) {
      const words =
        error === 'access_denied'
          ? 'You did not allow it, so nothing was linked. Log in again, or paste a token.'
          : `${cloudOf(service(journey), oauth.cloud).label} did not let you in. Log in again, or paste a token.`
      return reply.code(400).send(accountPage(service(journey), journey, words))
    }
    return link(reply, { id: stage.id, journey }, oauth.cloud, { kind: 'code', code, verifier: oauth.verifier })
  })

  addSteps(app, walk)

  app.get('/connect/done', async (request, reply) => {
    void reply.type(HTML).header('cache-control', 'no-store')
    const { journey } = await journeys.of(request)
    return journey.done === null ? reply.redirect(`/connect/${reached(journey)}`, 303) : donePage(journey)
  })
}

const ORDER: readonly StepName[] = ['account', 'droplet', 'balancer', 'members', 'confirm']

/** Where a journey has to go instead of `step`; null: it may be there. */
function wayOf(journey: Journey, step: StepName): string | null {
  if (journey.done !== null) return 'done'
  const furthest = reached(journey)
  return ORDER.indexOf(step) <= ORDER.indexOf(furthest) ? null : furthest
}

function fieldsOf(request: FastifyRequest): ConnectFields {
  return typeof request.body === 'object' && request.body !== null ? (request.body as ConnectFields) : {}
}

/** The cloud that a form or link is about; the first where it does not say. */
function cloudOf({ clouds }: ConnectService, name: string | undefined): CloudOffer {
  const found = name === undefined ? clouds[0] : clouds.find((one) => one.name === name)
  if (found !== undefined) return found
  throw new SpinupError('badInput', 'That cloud is not one of those offered. Go back and choose one.')
}

function usedUp(): string {
  return endPage(
    'This link was used, or is too old',
    'A link works once, for 15 minutes. Type /spinup connect in the channel for a new one.',
  )
}

function statusOf(error: unknown): number {
  const status = (error as { readonly statusCode?: unknown }).statusCode
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500
}
