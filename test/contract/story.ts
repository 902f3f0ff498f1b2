import assert from 'node:assert/strict'
import type { AnswerView, ConnectView, CostView, RefreshView, View } from '../../src/core/model/view.ts'
import { walkConnectPage } from '../../src/demo/connect-page.ts'
import { createTally } from '../../src/demo/cloud/api/rate-limit.ts'
import { card, say as type, settledAt } from '../scenarios/story.ts'
import { until } from '../wait.ts'
import { LOAD_BALANCER, ORIGIN, type Stage } from './stage.ts'

const PATIENCE_MS = 120_000

/** Connect → scale out → scale in → refresh → disconnect, each seen to have happened in the account. */
export async function playStory(stage: Stage, say: (line: string) => void): Promise<void> {
  const { cloud, bot, balancerId } = stage
  const clones = () => cloud.state.dropletsTagged('spinup')
  /** A deleted droplet is listed for a moment longer. */
  const inRotation = (count: number): Promise<unknown> =>
    until(() => cloud.state.inRotation(balancerId).length === count && clones().length === count - 1, {
      what: `${count} droplets behind ${LOAD_BALANCER}, and no clone beside them`,
      timeoutMs: PATIENCE_MS,
    })

  await connect(stage, say)

  await type(bot, '/spinup pause so that only what is typed happens')
  await type(bot, '/spinup up 2')
  await settledAt(bot, 3)
  await inRotation(3)
  say('up: two clones made, healthy, behind the load balancer')

  const cost = (await type(bot, '/spinup cost')).find((view): view is CostView => view.kind === 'cost')
  assert.ok(cost !== undefined, 'what it costs is told')
  say('cost: told')

  await type(bot, '/spinup down 1')
  await settledAt(bot, 2)
  await inRotation(2)
  say('down: one clone drained and deleted')

  await refresh(stage)
  await settledAt(bot, 2)
  await inRotation(2)
  say('refresh: a new snapshot, the clone made from it')

  await until(() => renewals(stage) > 0, { what: 'the access to be renewed', timeoutMs: PATIENCE_MS })
  say(`the access was renewed ${renewals(stage)} times`)

  await disconnect(stage)
  await inRotation(1)
  assert.equal(cloud.state.droplets.get(cloud.originId)?.status, 'active')
  assert.deepEqual(cloud.state.balancers.get(balancerId)?.dropletIds, [cloud.originId])
  const living = [...cloud.state.tokens.values()].filter((token) => token.clientId !== null && !token.revoked)
  assert.deepEqual(
    living.filter((token) => (token.expiresAt ?? Infinity) > Date.now()),
    [],
    'no token is left that works',
  )
  const tally = createTally()
  for (const exchange of cloud.log) tally.see(exchange)
  const { requests, mostPerMinute, limitPerMinute } = tally.now()
  say(
    `disconnected: no clone left, the access revoked; ${requests} requests, at most ${mostPerMinute} of ${limitPerMinute} in a minute`,
  )
}

/** By the page, with a login at DigitalOcean; then the agent, and the snapshot with the origin switched off. */
async function connect({ bot, cloud }: Stage, say: (line: string) => void): Promise<void> {
  await until(() => [...cloud.state.balancers.values()].every(({ status }) => status === 'active'))
  const { text } = await bot.client.say('/spinup connect')
  const link = /https?:\S+\/connect\?link=[\w-]+/.exec(text)?.[0] ?? assert.fail(text)
  const line = await walkConnectPage(link, {
    account: 'login',
    droplet: ORIGIN,
    balancer: { loadBalancer: LOAD_BALANCER },
    port: cloud.appPort,
  })
  const asked = cloud.log.find(({ path }) => path === '/v1/oauth/authorize')
  assert.match(asked?.query ?? '', /code_challenge=[\w-]{43}&code_challenge_method=S256/)
  say('connect: logged in, droplet found, load balancer and size chosen')

  await cloud.runInstallLine(line)
  const at = (label: string, state: string): Promise<unknown> =>
    until(
      async () => {
        const view = await card(bot, (one): one is ConnectView => one.kind === 'connect')
        return view?.steps.some((step) => step.label === label && step.state === state)
      },
      { what: `${label}: ${state}`, timeoutMs: PATIENCE_MS },
    )
  await at('Take a snapshot', 'doing')
  await bot.client.press('run:/spinup connect snapshot')
  await at('Ready', 'done')
  const done = actionsOf(cloud)
  assert.deepEqual(done, ['shutdown', 'snapshot', 'power_on'])
  say('snapshot: taken with the droplet off, and it is back')
}

async function refresh({ bot, cloud }: Stage): Promise<void> {
  const before = new Set(cloud.state.dropletsTagged('spinup').map(({ id }) => id))
  const snapshots = snapshotsOf(cloud)
  await type(bot, '/spinup refresh')
  const view = await until(
    async () => {
      const found = await card(bot, (one): one is RefreshView => one.kind === 'refresh')
      return found?.stage === 'working' ? null : found
    },
    { what: 'the refresh to end', timeoutMs: PATIENCE_MS },
  )
  assert.equal(view.stage, 'done', JSON.stringify(view))
  const fresh = () => cloud.state.dropletsTagged('spinup')
  // A deleted droplet is listed for a moment longer.
  await until(() => !fresh().some(({ id }) => before.has(id)), { what: 'every old clone to be gone' })
  const image = snapshotsOf(cloud).find((id) => !snapshots.includes(id))
  assert.ok(image !== undefined && fresh().every(({ imageId }) => imageId === image), 'made from the new snapshot')
}

async function disconnect({ bot }: Stage): Promise<void> {
  await type(bot, `/spinup disconnect ${ORIGIN}`)
  const isEnd = (view: View): view is AnswerView => view.kind === 'answer' && view.title === `${ORIGIN} is disconnected`
  const end = await until(() => card(bot, isEnd), { what: 'the end of the pool', timeoutMs: PATIENCE_MS })
  assert.equal(end.tone, 'good', end.text)
}

type Cloud = Stage['cloud']

function actionsOf({ originId, state }: Cloud): readonly string[] {
  return [...state.actions.values()].filter((action) => action.resourceId === originId).map((action) => action.type)
}

function snapshotsOf({ originId, state }: Cloud): readonly number[] {
  return [...state.images.values()].filter((image) => image.dropletId === originId).map((image) => image.id)
}

function renewals({ cloud }: Stage): number {
  return cloud.log.filter(({ path, status, requestBody }) => {
    const grant = (requestBody as { readonly grant_type?: string } | undefined)?.grant_type
    return path === '/v1/oauth/token' && status === 200 && grant === 'refresh_token'
  }).length
}
