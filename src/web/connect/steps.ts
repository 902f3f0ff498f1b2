// Fastify awaits its handlers and answers what they throw.
/* oxlint-disable oxc/no-async-endpoint-handlers */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { SpinupError } from '../../core/model/error.ts'
import type { ConnectFields } from '../../core/model/form.ts'
import type { DropletPick, LoadBalancerPick } from '../../core/model/droplet.ts'
import type { BalancerOffer, Choices, ConnectService } from './service.ts'
import { refuseInside } from '../../balancers/outside.ts'
import { parseQuery, readMembers } from './forms.ts'
import type { StepName } from './layout.ts'
import { balancerPage } from './pages/balancer.ts'
import { confirmPage } from './pages/confirm.ts'
import { dropletList, dropletPage } from './pages/droplet.ts'
import { membersPage } from './pages/members.ts'
import type { Journey, Journeys } from './session.ts'
import { cut } from '../../core/model/letters.ts'

/** What the routes of each step work with. */
export interface Walk {
  readonly journeys: Journeys
  /** As it is for this journey. */
  readonly service: (journey: Journey) => ConnectService
  /** The journey of a request that may be at `step`; otherwise it is sent to where it is, and this gives null. */
  at(request: FastifyRequest, reply: FastifyReply, step: StepName): Promise<Stage | null>
  /** The same for a form that was sent, which must carry the journey's own secret. */
  sent(
    request: FastifyRequest,
    reply: FastifyReply,
    step: StepName,
  ): Promise<(Stage & { readonly fields: ConnectFields }) | null>
}

export interface Stage {
  readonly id: string
  readonly journey: Journey
}

/** From the droplet to the confirmation, in a linked account. */
export function addSteps(app: FastifyInstance, walk: Walk): void {
  const { journeys, service } = walk

  app.get('/connect/droplet', async (request, reply) => {
    const stage = await walk.at(request, reply, 'droplet')
    if (stage === null) return reply
    const text = textOf(parseQuery(request.query)['q'])
    return dropletPage(stage.journey, await service(stage.journey).droplets(accountOf(stage.journey), text), text, null)
  })

  app.get('/connect/droplets', async (request, reply) => {
    const stage = await walk.at(request, reply, 'droplet')
    if (stage === null) return reply
    const text = textOf(parseQuery(request.query)['q'])
    const found = await service(stage.journey).droplets(accountOf(stage.journey), text)
    return dropletList(found, stage.journey.droplet?.id ?? null, text).markup
  })

  app.post('/connect/droplet', async (request, reply) => {
    const stage = await walk.sent(request, reply, 'droplet')
    if (stage === null) return reply
    const { journey, fields } = stage
    const all = await service(journey).droplets(accountOf(journey), '')
    const droplet = all.find((one) => one.id === fields['droplet'])
    if (droplet === undefined) {
      return reply.code(400).send(dropletPage(journey, all, '', 'Pick the droplet that runs your site.'))
    }
    // What was chosen for another droplet may not fit this one.
    const kept = journey.droplet?.id === droplet.id ? {} : { balancer: null, members: null }
    await journeys.save(stage.id, { ...journey, ...kept, droplet })
    return reply.redirect('/connect/balancer', 303)
  })

  app.get('/connect/balancer', async (request, reply) => {
    const stage = await walk.at(request, reply, 'balancer')
    if (stage === null) return reply
    const { loadBalancers, problem } = await listed(stage.journey)
    const fields = balancerFields(stage.journey, loadBalancers)
    return balancerPage(offered(stage.journey), stage.journey, { fields, loadBalancers, problem })
  })

  /** What can stand before droplets of the linked account. */
  function offered(journey: Journey): readonly BalancerOffer[] {
    const cloud = journey.account?.cloud
    return service(journey).balancers.filter((one) => one.cloud === null || one.cloud === cloud)
  }

  /** The account's load balancers; without them the others can still be chosen. */
  async function listed(journey: Journey) {
    if (!offered(journey).some(ofAccount)) return { loadBalancers: [], problem: null }
    try {
      return {
        loadBalancers: await service(journey).loadBalancers(accountOf(journey), dropletOf(journey)),
        problem: null,
      }
    } catch (error) {
      if (error instanceof SpinupError) return { loadBalancers: null, problem: error.message }
      throw error
    }
  }

  app.post('/connect/balancer', async (request, reply) => {
    const stage = await walk.sent(request, reply, 'balancer')
    if (stage === null) return reply
    const { journey, fields } = stage
    const before = journey.balancer?.settings
    try {
      const at = service(journey)
      const known = offered(journey).find(({ name }) => name === fields['kind'])
      if (known === undefined) throw new SpinupError('badInput', 'Choose one of the balancers.')
      const balancer = await at.balancer(known.name, fields, {
        allow: async (address) => (at.outside ? refuseInside(address) : undefined),
        loadBalancers: () => at.loadBalancers(accountOf(journey), dropletOf(journey)),
      })
      await journeys.save(stage.id, { ...journey, balancer })
    } catch (error) {
      if (!(error instanceof SpinupError)) throw error
      const { loadBalancers } = await listed(journey)
      const options = { fields: withoutSecrets(fields, offered(journey)), loadBalancers, problem: error.message }
      return reply.code(400).send(balancerPage(offered(journey), journey, options))
    }
    if (before?.entry !== undefined) await service(journey).drop(before.entry)
    return reply.redirect('/connect/members', 303)
  })

  app.get('/connect/members', async (request, reply) => {
    const stage = await walk.at(request, reply, 'members')
    if (stage === null) return reply
    const { journey } = stage
    const droplet = dropletOf(journey)
    const offer = await service(journey).sizes(accountOf(journey), droplet)
    return membersPage(journey, droplet, offer, memberFields(journey, droplet), null)
  })

  app.post('/connect/members', async (request, reply) => {
    const stage = await walk.sent(request, reply, 'members')
    if (stage === null) return reply
    const { journey, fields } = stage
    const droplet = dropletOf(journey)
    const offer = await service(journey).sizes(accountOf(journey), droplet)
    try {
      await journeys.save(stage.id, { ...journey, members: readMembers(fields, droplet, offer.sizes) })
    } catch (error) {
      if (!(error instanceof SpinupError)) throw error
      return reply.code(400).send(membersPage(journey, droplet, offer, fields, error.message))
    }
    return reply.redirect('/connect/confirm', 303)
  })

  app.get('/connect/confirm', async (request, reply) => {
    const stage = await walk.at(request, reply, 'confirm')
    return stage === null ? reply : confirmation(stage.journey, null)
  })

  async function confirmation(journey: Journey, problem: string | null): Promise<string> {
    const choices = choicesOf(journey)
    const { address, healthPath } = choices.members
    const ip = address.network === 'private' ? choices.droplet.privateIp : choices.droplet.publicIp
    const url = `http://${ip?.includes(':') === true ? `[${ip}]` : ip}:${address.port}${healthPath}`
    const at = service(journey)
    const [health, reach, caveats] = await Promise.all([at.probe(url), at.reach(choices.droplet), at.caveats(choices)])
    return confirmPage(at, journey, { choices, url, health, reach, caveats, problem })
  }

  app.post('/connect/confirm', async (request, reply) => {
    const stage = await walk.sent(request, reply, 'confirm')
    if (stage === null) return reply
    const { journey } = stage
    try {
      const done = await service(journey).connect(choicesOf(journey), journey.order.asker)
      await journeys.save(stage.id, { ...journey, done })
    } catch (error) {
      if (!(error instanceof SpinupError)) throw error
      return reply.code(400).send(await confirmation(journey, error.message))
    }
    return reply.redirect('/connect/done', 303)
  })

  /** What stands in the balancer's form at first: chosen before, or a load balancer that serves the droplet already. */
  function balancerFields(journey: Journey, loadBalancers: readonly LoadBalancerPick[] | null): ConnectFields {
    const all = offered(journey)
    const begin = Object.assign({}, ...all.map((one) => one.begin)) as ConnectFields
    const { balancer } = journey
    if (balancer !== null) return { ...begin, kind: balancer.name, ...service(journey).filled(balancer) }
    const serving = loadBalancers?.find(({ serves, unfit }) => serves && unfit === null)
    const kind = all.find(ofAccount)
    const field = kind?.fields.find((one) => one.kind === 'loadBalancer')
    if (serving === undefined || kind === undefined || field === undefined) return begin
    return { ...begin, kind: kind.name, [field.name]: serving.id }
  }
}

/** Whether it is one of the account's load balancers. */
function ofAccount({ fields }: BalancerOffer): boolean {
  return fields.some(({ kind }) => kind === 'loadBalancer')
}

function withoutSecrets(fields: ConnectFields, balancers: readonly BalancerOffer[]): ConnectFields {
  const secret = new Set(
    balancers.flatMap((one) => one.fields.filter(({ kind }) => kind === 'secret')).map(({ name }) => name),
  )
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !secret.has(name)))
}

/** What is in the clones' form at first: chosen before, reported by the load balancer, or usual. */
function memberFields({ members, balancer }: Journey, droplet: DropletPick): ConnectFields {
  if (members !== null) {
    return {
      network: members.address.network,
      port: String(members.address.port),
      healthPath: members.healthPath,
      size: members.size.slug,
    }
  }
  return {
    network: droplet.publicIp === null ? 'private' : 'public',
    port: String(balancer?.port ?? 80),
    healthPath: balancer?.healthPath ?? '/health',
    size: droplet.size,
  }
}

function accountOf({ account }: Journey): string {
  return must(account).id
}

function dropletOf({ droplet }: Journey): DropletPick {
  return must(droplet)
}

function choicesOf(journey: Journey): Choices {
  return {
    account: accountOf(journey),
    droplet: dropletOf(journey),
    balancer: must(journey.balancer),
    members: must(journey.members),
  }
}

/** The steps before have made sure of it. */
function must<T>(value: T | null): T {
  if (value !== null) return value
  throw new SpinupError('conflict', 'A step before this one is missing. Open /connect again.')
}

function textOf(q = ''): string {
  return cut(q.trim(), 100)
}
