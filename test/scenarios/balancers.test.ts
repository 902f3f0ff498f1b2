import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { PageChoices } from '../../src/demo/connect-page.ts'
import { migrateRequests } from '../balancers/caddy/migrate.ts'
import { startCaddy } from '../balancers/caddy/rig.ts'
import { freshGet } from '../balancers/fresh-get.ts'
import { startHaproxy } from '../balancers/haproxy/rig.ts'
import { startVisitors } from '../balancers/visitors.ts'
import { startEndpoint } from '../balancers/webhook/endpoint.ts'
import { startFront } from '../front.ts'
import { until } from '../wait.ts'
import { openShop, urlOf, type Shop } from './shop.ts'
import { say, settledAt } from './story.ts'

const PER_SECOND = 100
/** Visitors that wait at once: more would be a crowd that droplets this small never get rid of on a busy machine. */
const MOST_OPEN = 20
/** Enough of one member's answers in a row that no other can be in turn. */
const IN_A_ROW = 12

/** Each balancer that a person can choose on the connect page, with droplets that are processes and visitors all the while. */
describe('a pool that is connected on the page', { concurrency: 2, skip: process.platform !== 'linux' }, () => {
  it('grows and shrinks behind HAProxy', (test) =>
    within(test, async (shop, later) => {
      const haproxy = await startHaproxy({ servers: [`server web1 ${new URL(shop.originUrl).host} check inter 500ms`] })
      later(haproxy.stop)
      const fields = { haproxyAddress: haproxy.address, haproxyBackend: 'app' }
      await story(shop, haproxy.url, { kind: 'haproxy', fields })
    }))

  it('grows and shrinks behind Caddy', (test) =>
    within(test, async (shop, later) => {
      later(await migrateRequests())
      const caddy = await startCaddy({ proxy: { upstreams: [{ dial: new URL(shop.originUrl).host }] } })
      later(caddy.stop)
      await story(shop, caddy.url, { kind: 'caddy', fields: { caddyAdmin: caddy.admin, caddyHandler: '' } })
    }))

  it('grows and shrinks behind whatever a webhook speaks to', (test) =>
    within(test, async (shop, later) => {
      const secret = 'what only the endpoint and Spinup know'
      const members = new Map<string, 'healthy' | 'draining'>([[shop.originUrl, 'healthy']])
      const front = await startFront(() => [...members].filter(([, state]) => state === 'healthy').map(([url]) => url))
      later(front.stop)
      const endpoint = await startEndpoint(secret, ({ fields: { type, url = '' } }) => {
        if (type === 'add-server') members.set(url, 'healthy')
        if (type === 'drain-server') members.set(url, 'draining')
        if (type === 'rmv-server') members.delete(url)
        const list = [...members].map(([one, state]) => ({ url: one, state, inFlight: front.inFlight(one) }))
        return Promise.resolve({ status: 200, body: { members: list } })
      })
      later(endpoint.close)
      const fields = { webhookUrl: endpoint.url, webhookSecret: secret, webhookFormat: 'json', webhookSettle: '5s' }
      const clone = await story(shop, front.url, { kind: 'webhook', fields })
      const told = endpoint.asked.filter(({ fields: { url } }) => url === clone).map(({ fields: { type } }) => type)
      assert.deepEqual([...new Set(told)], ['add-server', 'drain-server', 'rmv-server'])
      assert.ok(!JSON.stringify(shop.bot.log).includes(secret), 'the secret is in no log')
    }))

  it('grows and shrinks behind a load balancer of the account', (test) =>
    within(test, async (shop, later) => {
      const { cloud } = shop
      const { id, name } = cloud.state.addBalancer({ name: 'front', dropletIds: [cloud.originId] })
      await until(() => cloud.state.inRotation(id).length === 1, { what: 'the load balancer to serve the origin' })
      const front = await startFront(() => cloud.state.inRotation(id).map((droplet) => urlOf(cloud, droplet.id)))
      later(front.stop)
      await story(shop, front.url, { loadBalancer: name })
    }))
})

/** A shop for one test; what `later` is given is ended after it, the last first. */
async function within(
  test: TestContext,
  work: (shop: Shop, later: (close: () => Promise<void>) => void) => Promise<void>,
): Promise<void> {
  const closing: (() => Promise<void>)[] = []
  test.after(async () => {
    for (const close of closing.toReversed()) await close()
  })
  const shop = await openShop()
  closing.push(shop.close)
  await work(shop, (close) => void closing.push(close))
}

/** Connects, grows by one and shrinks again, and loses no visitor; gives the clone's URL. */
async function story(shop: Shop, url: string, balancer: PageChoices['balancer']): Promise<string> {
  const { bot, cloud } = shop
  await shop.connect(balancer)
  await say(bot, '/spinup pause so that only what is typed happens')
  const [own] = await served(url, 1)
  const visitors = startVisitors(url, PER_SECOND, MOST_OPEN)
  try {
    await say(bot, '/spinup up 1')
    await settledAt(bot, 2)
    const clone = cloud.state.dropletsTagged('spinup')[0] ?? assert.fail('no clone was made')
    const cloneUrl = urlOf(cloud, clone.id)
    const [its] = await served(cloneUrl, 1)
    assert.notEqual(its, own, 'the clone is a machine of its own')
    await until(async () => (await served(url, 2)).has(its!), { what: 'the balancer to send visitors to the clone' })

    await say(bot, '/spinup down 1')
    await settledAt(bot, 1)
    assert.deepEqual([...(await served(url, IN_A_ROW))], [own], 'everybody is served by the origin again')
    await until(() => cloud.state.dropletsTagged('spinup').length === 0, { what: 'the clone to be deleted' })
    await visitors.stop()
    const { sent, answered, failures } = visitors.tally
    assert.deepEqual([...failures], [], 'no visitor lost a request')
    assert.ok(sent === answered && sent > PER_SECOND, `${answered} of ${sent} requests answered`)
    return cloneUrl
  } finally {
    await visitors.stop()
  }
}

/** Who answers so many requests, one after the other: each machine tells a process id of its own. */
async function served(url: string, requests: number): Promise<ReadonlySet<string>> {
  const bodies = new Set<string>()
  for (let count = 0; count < requests; count++) bodies.add(await freshGet(url))
  return bodies
}
