import type { PoolState } from '../../src/core/pool/state.ts'
import type { View } from '../../src/core/model/view.ts'
import type { Exchange } from '../../src/demo/cloud/api/exchange.ts'
import { until } from '../wait.ts'
import type { CardWish, Wish } from './case.ts'
import { POOL } from './link.ts'
import type { Stage } from './stage.ts'

/** What a snapshot asks of the origin. */
const COPYING = new Set(['shutdown', 'power_off', 'snapshot', 'power_on'])
/** A card that is edited more often than this floods its channel. */
const MOST_REVISIONS = 40
/** Answers to what a case types. */
const ASKED_FOR: ReadonlySet<string> = new Set(['help', 'policy', 'status'])
const POOL_TAG = `spinup-pool:${POOL}`

interface Shown {
  readonly id: number
  readonly revision: number
  readonly view: View
}

/** Watches a stage from now on; `finish`, asked when all is calm, lists what went wrong. */
export interface Audit {
  finish(wish: Wish): Promise<readonly string[]>
}

export async function beginAudit(stage: Stage): Promise<Audit> {
  const { cloud, machines, visitors } = stage
  const from = {
    log: cloud.log.length,
    lines: stage.bot().log.length,
    failures: visitors.failures.length,
    wrongs: machines.wrongs.length,
  }
  const lastId = Math.max(0, ...(await channel(stage)).map(({ id }) => id))
  const origin = face(stage, stage.origin)
  const bystanders = stage.bystanders.map((id) => face(stage, id))
  const { max } = (await stage.state()).pool.policy
  let most = 0
  const count = (): number => (most = Math.max(most, cloud.state.dropletsTagged(POOL_TAG).length + 1))
  const unwatch = stage.onExchange(count)

  return {
    async finish(wish) {
      unwatch()
      const wrong: string[] = []
      const state = await stage.state()
      const { cards, trouble } = await told(stage, lastId, wish.card)
      if (trouble !== null) wrong.push(trouble)
      wrong.push(...excess(cards, wish))

      wrong.push(...ofDroplets(stage, state, wish))
      count()
      const now = cloud.state.dropletsTagged(POOL_TAG).length + 1
      if ((wish.overshoots === true ? now : most) > max) wrong.push(`${most} droplets with a maximum of ${max}`)
      const exchanges = cloud.log.slice(from.log)
      wrong.push(...ofOrigin(stage, exchanges, origin, wish.copies === true))
      stage.bystanders.forEach((id, index) => {
        if (face(stage, id) !== bystanders[index]) wrong.push(`the bystander ${id} was changed`)
        wrong.push(...writesTo(exchanges, id).map((one) => `${words(one)} at a bystander`))
      })
      // The only droplet is switched off for its first snapshot whoever visits it.
      const cut = (one: string): boolean => wish.card.kind === 'connect' && one.includes('switched off')
      wrong.push(...machines.wrongs.slice(from.wrongs).filter((one) => !cut(one)))
      if (wish.lossy !== true) {
        const failures = visitors.failures.slice(from.failures)
        if (failures.length > 0) wrong.push(`${failures.length} visitors failed (${[...new Set(failures)].join(', ')})`)
      }
      wrong.push(...(await ofBalancer(stage, state)))
      const everything = JSON.stringify([cards, stage.bot().log.slice(from.lines)])
      if (everything.includes(cloud.token.slice(8))) wrong.push('the token was written down')
      return wrong
    },
  }
}

async function channel(stage: Stage): Promise<readonly Shown[]> {
  const { messages } = await stage.bot().client.after(0)
  return messages.flatMap((message) =>
    message.kind === 'card'
      ? [{ id: Number(message.id), revision: message.card.revision, view: message.card.view }]
      : [{ id: Number(message.id), revision: 0, view: { kind: 'help', topic: 'tasks', commands: [] } as const }],
  )
}

/** The cards since, once the one that was wished for shows its end. */
async function told(
  stage: Stage,
  lastId: number,
  wish: CardWish,
): Promise<{ readonly cards: readonly Shown[]; readonly trouble: string | null }> {
  let cards: readonly Shown[] = []
  const look = async (): Promise<boolean> => {
    // An onboarding has one card from its beginning to its end.
    const older = (view: View): boolean => view.kind === 'connect' && wish.kind === 'connect'
    cards = (await channel(stage)).filter(({ id, view }) => (id > lastId || older(view)) && !ASKED_FOR.has(view.kind))
    return cards.some(({ view }) => fits(view, wish))
  }
  const found = await until(look, { timeoutMs: 8000 }).catch(() => false)
  if (found) return { cards, trouble: null }
  return {
    cards,
    trouble: `no card ${wish.kind} ${wish.stage}; there is ${cards.map(({ view }) => title(view)).join('; ') || 'none'}`,
  }
}

function fits(view: View, wish: CardWish): boolean {
  if (view.kind === 'connect' && wish.kind === 'connect') {
    const step = view.steps[3]
    if (wish.stage === 'ready') return view.steps.every(({ state }) => state === 'done')
    return step?.state === 'failed' && wish.because.test(step.detail ?? '')
  }
  if (view.kind === 'connect' || view.kind !== wish.kind || view.stage !== wish.stage) return false
  if (view.kind === 'episode' && wish.kind === 'episode' && view.direction !== wish.direction) return false
  return !('because' in wish) || wish.because.test(title(view))
}

/** A card in a line, its reasons included. */
function title(view: View): string {
  switch (view.kind) {
    case 'episode': {
      const details = view.members.map((member) => `${member.id} ${member.label}: ${member.detail ?? 'no reason'}`)
      return `episode ${view.direction} ${view.stage} for “${view.reason}” (${details.join(', ')})`
    }
    case 'refresh': {
      const steps = view.steps.map((step) => `${step.label} ${step.state}: ${step.detail ?? ''}`)
      return `refresh ${view.stage} (${view.note ?? 'no note'}; ${steps.join(', ')})`
    }
    case 'connect':
      return `${view.title} (${view.steps.map((step) => `${step.label} ${step.state}: ${step.detail ?? ''}`).join(', ')})`
    case 'alert':
    case 'answer':
      return `${view.title}${'state' in view ? ` (${view.state})` : ''}: ${view.text}`
    default:
      return view.kind
  }
}

/** What a bot says on its first day of `other-1`, which another Spinup looks after. */
const OF_ANOTHER = /^1 droplet of a Spinup runs in the account, and I know nothing of it/

/** More cards than the one, or one that is edited without end. */
function excess(cards: readonly Shown[], wish: Wish): readonly string[] {
  const others = cards.filter(({ view }) => !fits(view, wish.card)).map(({ view }) => title(view))
  const twice = cards.length - others.length - 1
  const unwished = others.filter((one) => wish.also?.test(one) !== true && !OF_ANOTHER.test(one))
  const repeated = others.filter((one, index) => others.indexOf(one) !== index)
  return [
    ...(twice > 0 ? [`told ${twice + 1} times`] : []),
    ...unwished.map((one) => `also told: ${one}`),
    ...repeated.map((one) => `told again: ${one}`),
    ...cards
      .filter(({ revision }) => revision > MOST_REVISIONS)
      .map(({ view, revision }) => `${title(view)} edited ${revision} times`),
  ]
}

function ofDroplets(stage: Stage, state: PoolState, wish: Wish): readonly string[] {
  const wrong: string[] = []
  const made = stage.cloud.state.dropletsTagged(POOL_TAG)
  const ids = new Set(state.members.map((member) => member.dropletId))
  for (const droplet of made)
    if (!ids.has(String(droplet.id))) wrong.push(`the droplet ${droplet.name} (${droplet.id}) is an orphan`)
  for (const member of state.members) {
    if (!stage.cloud.state.droplets.has(Number(member.dropletId))) wrong.push(`${member.id} has no droplet`)
  }
  if (state.members.length !== wish.members) wrong.push(`${state.members.length} members instead of ${wish.members}`)
  return wrong
}

/** A droplet as the account shows it, its power apart. */
function face(stage: Stage, id: number): string {
  const droplet = stage.cloud.state.droplets.get(id)
  if (droplet === undefined) return 'gone'
  const { name, tags, sizeSlug, imageId, publicIp } = droplet
  return JSON.stringify({ name, tags, sizeSlug, imageId, publicIp, features: [...droplet.features] })
}

function ofOrigin(stage: Stage, exchanges: readonly Exchange[], before: string, copies: boolean): readonly string[] {
  const wrong: string[] = []
  const { origin, cloud, machines } = stage
  const status = cloud.state.droplets.get(origin)?.status ?? 'gone'
  if (status !== 'active' || machines.of(origin)?.on !== true) wrong.push(`the origin is ${status}`)
  if (face(stage, origin) !== before) wrong.push('the origin was changed')
  for (const one of writesTo(exchanges, origin)) {
    const type = String((one.requestBody as { readonly type?: unknown } | undefined)?.type)
    const hooking = /^loadBalancers_(add|remove)_droplets$/.test(one.operation ?? '')
    const step = hooking || (one.operation === 'dropletActions_post' && COPYING.has(type))
    if (!copies || !step) wrong.push(`${words(one)} ${type} at the origin`)
  }
  return wrong
}

/** Requests that could change that droplet: those at its path, and those that name it, or nobody, in their bodies. */
function writesTo(exchanges: readonly Exchange[], id: number): readonly Exchange[] {
  // Its clones' tag is named after it.
  const named = (body: unknown): boolean =>
    JSON.stringify(body ?? '')
      .replaceAll(`spinup-origin:${id}`, '')
      .includes(String(id))
  return exchanges.filter(
    ({ method, path, operation, requestBody }) =>
      method !== 'GET' &&
      (path.includes(String(id)) ||
        named(requestBody) ||
        operation === 'dropletActions_post_byTag' ||
        operation === 'droplets_destroy_byTag'),
  )
}

function words({ method, path }: Exchange): string {
  return `${method} ${path}`
}

/** Everybody in service is served, nobody else. */
async function ofBalancer(stage: Stage, state: PoolState): Promise<readonly string[]> {
  const wanted = state.members.map((member) => member.url).toSorted()
  try {
    await until(
      async () => {
        const backends = await stage.backends()
        const shown = backends.map(({ url, state }) => `${url} ${state}`).join(', ')
        const healthy = backends.every((backend) => backend.state === 'healthy')
        if (healthy && JSON.stringify(backends.map(({ url }) => url).toSorted()) === JSON.stringify(wanted)) return true
        throw new Error(`${shown} instead of ${wanted.join(', ')}`)
      },
      { timeoutMs: 8000, what: 'the balancer to serve the members' },
    )
    return []
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}
