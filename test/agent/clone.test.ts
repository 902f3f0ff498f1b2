import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { startDigitalOcean, type FakeDigitalOcean } from '../../src/demo/cloud/api/digitalocean.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'
import { until } from '../wait.ts'
import { startBot, type Bot } from './bot.ts'
import { startHost, type Host } from './host.ts'

describe('an agent on a copy of its droplet', () => {
  let server: TestRedis
  let bot: Bot
  let cloud: FakeDigitalOcean
  let origin: number
  let key: string
  let hosts: Host[]
  /** The keys in the clones' user data. */
  const given = new Map<string, string>()
  before(async () => {
    server = await startTestRedis()
    bot = await startBot(server)
    cloud = await startDigitalOcean()
  })
  after(async () => {
    await cloud.stop()
    await bot.stop()
    await server.stop()
  })
  beforeEach(async () => {
    await server.flush()
    hosts = []
    origin = cloud.state.addDroplet({ name: 'web' }).id
    key = await bot.identities.issue('web', 'web-1')
  })
  afterEach(async () => {
    for (const host of hosts) await host.stop()
  })
  const start = async (config: Record<string, unknown>, metadata: string): Promise<Host> => {
    const host = await startHost(config, { env: { SPINUP_AGENT_METADATA: metadata } })
    hosts.push(host)
    return host
  }
  const ofOrigin = () => ({ url: bot.url, pool: 'web', member: 'web-1', key, droplet: String(origin) })
  const heard = (member: string): boolean => bot.entries.some(({ sample }) => sample.memberId === member)
  const clone = async (member: string | null): Promise<number> => {
    const droplet = cloud.state.addDroplet({ name: member ?? 'stray' })
    if (member !== null) {
      const own = await bot.identities.issue('web', member, 'g'.repeat(32))
      given.set(member, own)
      Object.assign(droplet, { userData: JSON.stringify({ url: bot.url, pool: 'web', member, key: own }) })
    }
    return droplet.id
  }

  it('reports in its own name on the droplet it was installed on', async () => {
    await start(ofOrigin(), cloud.metadataUrl(origin))
    await until(() => heard('web-1'), { what: 'a sample of web-1' })
  })

  it('takes the identity that the clone was given, keeps it, and is itself also after a reboot', async () => {
    const id = await clone('web-2')
    const host = await start(ofOrigin(), cloud.metadataUrl(id))
    await until(() => heard('web-2'), { what: 'a sample of web-2' })
    const config = await host.config()
    assert.equal(config['member'], 'web-2')
    assert.equal(await bot.identities.verify(given.get('web-2') ?? ''), null, 'what it was given is good no more')
    assert.notEqual(await bot.identities.verify(String(config['key'])), null)
    assert.deepEqual(Object.keys(config).toSorted(), ['droplet', 'key', 'member', 'pool', 'url'])
    assert.equal(config['droplet'], String(id))
    const before = bot.entries.length
    await start(config, cloud.metadataUrl(id))
    await until(() => bot.entries.length > before, { what: 'another sample' })
    const names = new Set(bot.entries.slice(before).map(({ sample }) => sample.memberId))
    assert.deepEqual([...names], ['web-2'])
  })

  it('exchanges its key although the answer is lost, and goes on with the exchange after a crash', async () => {
    bot.loseAnswers = 1
    const id = await clone('web-5')
    await start(ofOrigin(), cloud.metadataUrl(id))
    await until(() => heard('web-5'), { what: 'a sample of web-5' })
    assert.equal(bot.loseAnswers, 0)
    // Killed after the exchange, before it was written down.
    const crashed = await clone('web-6')
    const random = 'r'.repeat(32)
    await bot.identities.enrol(given.get('web-6') ?? '', random)
    const config = { url: bot.url, pool: 'web', member: 'web-6', key: given.get('web-6'), enrol: given.get('web-6') }
    await start({ ...config, random, droplet: String(crashed) }, cloud.metadataUrl(crashed))
    await until(() => heard('web-6'), { what: 'a sample of web-6' })
  })

  it('is known again to a bot whose state is older than its key, as after a backup was put back', async () => {
    const id = await clone('web-8')
    const host = await start(ofOrigin(), cloud.metadataUrl(id))
    await until(() => heard('web-8'), { what: 'a sample of web-8' })
    const own = String((await host.config())['key'])
    await bot.identities.revoke('web', 'web-8')
    await bot.identities.issue('web', 'web-8', 'g'.repeat(32))
    await until(async () => (await bot.identities.ledger.about('web', ['web-8'])).has('web-8'), { what: 'a report' })
    const now = String((await host.config())['key'])
    assert.notEqual(now, own)
    assert.notEqual(await bot.identities.verify(now), null)
    assert.equal(await bot.identities.verify(given.get('web-8') ?? ''), null, 'what it was given is good no more')
  })

  it('that is no member any more keeps the key it has, which may be good again', async () => {
    const id = await clone('web-9')
    const host = await start(ofOrigin(), cloud.metadataUrl(id))
    await until(() => heard('web-9'), { what: 'a sample of web-9' })
    const own = String((await host.config())['key'])
    await bot.identities.revoke('web', 'web-9')
    await until(() => host.log().some(({ msg }) => /report not accepted: 401/.test(String(msg))))
    assert.equal((await host.config())['key'], own)
    await bot.identities.issue('web', 'web-9', own.slice(-32))
    assert.notEqual(await bot.identities.verify(own), null)
  })

  it('reports with the key it was given to a bot that exchanges none', async () => {
    const keys: string[] = []
    const older = createServer((request, response) => {
      if (request.url === '/v1/samples') keys.push(String(request.headers.authorization))
      const [status, body] =
        request.url === '/v1/samples' ? [200, { accepted: 1, nextSeq: 1 }] : [401, { message: '?' }]
      response.writeHead(status).end(JSON.stringify(body))
    }).listen(0, '127.0.0.1')
    await once(older, 'listening')
    try {
      const url = `http://127.0.0.1:${(older.address() as AddressInfo).port}`
      const droplet = cloud.state.addDroplet({ name: 'web-7' })
      Object.assign(droplet, { userData: JSON.stringify({ url, pool: 'web', member: 'web-7', key: 'given' }) })
      await start({ ...ofOrigin(), url }, cloud.metadataUrl(droplet.id))
      await until(() => keys.length > 0, { what: 'a report' })
      assert.equal(keys[0], 'Bearer given')
    } finally {
      older.closeAllConnections()
      older.close()
    }
  })

  it('says nothing in the origin’s name when it was given no identity, and says why in its log', async () => {
    const before = bot.entries.length
    const host = await start(ofOrigin(), cloud.metadataUrl(await clone(null)))
    await until(() => host.log().some(({ msg }) => /is a copy of \d+ and has no key of its own/.test(String(msg))))
    assert.equal(bot.entries.length, before)
  })

  it('waits for the metadata service, as nobody else can tell', async () => {
    const before = bot.entries.length
    let up = false
    const id = await clone('web-3')
    const late: Server = createServer((request, response) => {
      if (!up) return void response.writeHead(503).end()
      fetch(cloud.metadataUrl(id) + request.url).then(
        async (answer) => response.writeHead(answer.status).end(await answer.text()),
        () => response.destroy(),
      )
    }).listen(0, '127.0.0.1')
    await once(late, 'listening')
    try {
      const host = await start(ofOrigin(), `http://127.0.0.1:${(late.address() as AddressInfo).port}`)
      await until(() => host.log().some(({ msg }) => /cannot find out which droplet this is/.test(String(msg))))
      assert.equal(bot.entries.length, before)
      up = true
      await until(() => heard('web-3'), { what: 'a sample of web-3' })
    } finally {
      late.closeAllConnections()
      late.close()
    }
  })

  it('keeps the droplet it was enrolled on, and never writes a key into its log', async () => {
    const enrol = await bot.identities.createEnrolment({ poolId: 'web', memberId: 'web-1', ttlMs: 60_000 })
    const host = await start({ url: bot.url, enrol, host: 'web', droplet: String(origin) }, cloud.metadataUrl(origin))
    const config = await until(async () => {
      const now = await host.config()
      return now['key'] === undefined ? null : now
    })
    assert.equal(config['droplet'], String(origin))
    const id = await clone('web-4')
    const copy = await start(config, cloud.metadataUrl(id))
    await until(() => heard('web-4'))
    const keys = [String(config['key']), String((await copy.config())['key'])]
    for (const secret of keys) {
      assert.ok(!JSON.stringify([host.log(), copy.log()]).includes(secret.slice(-32)))
    }
  })
})
