import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { createAccounts, type Accounts } from '../../src/accounts/accounts.ts'
import { createConnectService } from '../../src/accounts/connect-service.ts'
import { createAccess } from '../../src/accounts/access.ts'
import { SpinupError } from '../../src/core/model/error.ts'
import { createConnectSessions } from '../../src/store/connect-sessions.ts'
import { BALANCERS } from '../../src/registry/registry.ts'
import { createVault, type Vault } from '../../src/store/vault.ts'
import { failed, ok, warn } from '../../src/engine/doctor/check.ts'
import type { ConnectService } from '../../src/web/connect/service.ts'
import { startDigitalOcean, type FakeDigitalOcean } from '../../src/demo/cloud/api/digitalocean.ts'
import type { NewDroplet } from '../../src/demo/cloud/api/state.ts'
import { until } from '../wait.ts'
import { quiet, startTestRedis, type TestRedis } from '../redis.ts'
import { startExampleConsole, type ExampleConsole } from '../web/example-console.ts'
import { ask, type Answer } from '../web/http.ts'
import { digitalocean } from './clouds.ts'

const HAPROXY = { address: 'unix:/run/haproxy/admin.sock', backend: 'app' }
const BALANCER_ENV: Readonly<Record<string, unknown>> = { haproxy: HAPROXY, caddy: null, webhook: null }

describe('the connect page', () => {
  let server: TestRedis
  let redis: Redis
  let cloud: FakeDigitalOcean
  let vault: Vault
  let accounts: Accounts
  let bot: ExampleConsole
  let relink: ConnectService['relink']
  let inUse: (id: string) => Promise<boolean>
  let service: ConnectService
  let droplet: string
  let reach: ConnectService['reach']

  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
    cloud = await startDigitalOcean({ limits: { perMinute: 100_000, perHour: 100_000 } })
    droplet = cloud.state.addDroplet({ name: 'shop' }).id.toString()
    vault = createVault(redis, 'a secret of sixteen')
    const shared = { redis, now: Date.now, log: quiet }
    const { url: apiUrl, oauthUrl, token } = cloud
    const clouds = digitalocean({ apiUrl, oauthUrl, token })
    accounts = createAccounts({ ...shared, vault, clouds })
    const { signal } = new AbortController()
    service = createConnectService({
      clouds,
      accounts,
      vault,
      access: createAccess({ ...shared, accounts, clock: { now: shared.now, steps: () => 0 }, signal }),
      now: Date.now,
      log: quiet,
      signal,
      balancers: BALANCERS.map((entry) => ({ entry, env: BALANCER_ENV[entry.name] })),
      mostMembers: 5,
      reach: (picked) => reach(picked),
      probe: async () => ({ healthy: true, detail: 'answered 200' }),
      inUse: (id) => inUse(id),
      connect: async () => ({ pool: 'shop', line: null }),
      relink: (pool, account) => relink(pool, account),
    })
    bot = await startExampleConsole(redis, { connect: { sessions: createConnectSessions(redis), service } })
  })
  after(async () => {
    await bot.close()
    await cloud.stop()
    await server.stop()
  })
  beforeEach(async () => {
    await server.flush()
    inUse = async () => false
    reach = async () => ok('Public address', 'https://bot.example answers')
    relink = async () => ({ pool: 'shop' })
  })

  /** A person's browser without scripts, past the first page. */
  interface Browser {
    get(path: string): Promise<Answer>
    send(path: string, fields: Readonly<Record<string, string>>): Promise<Answer>
  }

  async function open(tenant: string | null, poolId: string | null = null): Promise<Browser> {
    const asker = {
      actor: { id: 'slack:U1', name: 'Ada', platform: 'slack' },
      place: { platform: 'slack', channel: 'C1', tenant },
      roles: [],
    }
    const link = await createConnectSessions(redis).createLink({ asker, poolId })
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const at = (path: string): string => `${bot.web.url}/connect/${path}`
    const opened = await ask(at('open'), { method: 'POST', headers: form, body: `link=${link}` })
    const cookie = opened.headers['set-cookie']?.[0]?.split(';')[0] ?? assert.fail('there is a session')
    const get = (path: string): Promise<Answer> => ask(at(path), { headers: { cookie } })
    return {
      get,
      async send(path, fields) {
        const step = path === 'token' || path === 'environment' ? 'account' : path
        const csrf = /name="csrf" value="([^"]+)"/.exec((await get(step)).body)?.[1] ?? ''
        const body = new URLSearchParams({ ...fields, csrf }).toString()
        return ask(at(path), { method: 'POST', headers: { ...form, cookie }, body })
      },
    }
  }
  const alertOf = ({ body }: Answer): string => /role="alert"[^]*?<p>([^<]*)</.exec(body)?.[1] ?? ''

  it('offers the bot’s account and what is on its machine to its own team', async () => {
    const page = await open(null)
    assert.match((await page.get('account')).body, /Use the bot’s account/)
    assert.equal((await page.send('environment', {})).headers.location, '/connect/droplet')
    assert.equal((await page.send('droplet', { droplet })).status, 303)
    const { body } = await page.get('balancer')
    assert.match(body, /value="builtin"/)
    assert.ok(body.includes(HAPROXY.address))
    const chosen = await page.send('balancer', {
      kind: 'haproxy',
      haproxyAddress: HAPROXY.address,
      haproxyBackend: 'app',
    })
    assert.equal(chosen.headers.location, '/connect/members')
  })

  it('offers another team neither the bot’s account nor its machine, nor the network behind it', async () => {
    const page = await open('T2')
    assert.doesNotMatch((await page.get('account')).body, /Use the bot’s account/)
    const refused = await page.send('environment', {})
    assert.equal(refused.status, 400)
    assert.match(alertOf(refused), /own account is its own team’s/)
    assert.equal((await page.get('droplet')).headers.location, '/connect/account')

    assert.equal((await page.send('token', { token: cloud.token })).headers.location, '/connect/droplet')
    await page.send('droplet', { droplet })
    const { body } = await page.get('balancer')
    assert.doesNotMatch(body, /value="builtin"/)
    assert.ok(!body.includes(`value="${HAPROXY.address}"`), 'what the environment has is not shown')
    assert.equal(alertOf(await page.send('balancer', { kind: 'builtin' })), 'Choose one of the balancers.')
    const choices: readonly Readonly<Record<string, string>>[] = [
      { kind: 'haproxy', haproxyAddress: 'unix:/run/haproxy/admin.sock', haproxyBackend: 'app' },
      { kind: 'haproxy', haproxyAddress: 'tcp://127.0.0.1:9999', haproxyBackend: 'app' },
      { kind: 'haproxy', haproxyAddress: 'tcp://2130706433:9999', haproxyBackend: 'app' },
      { kind: 'caddy', caddyAdmin: 'http://localhost:2019' },
      { kind: 'caddy', caddyAdmin: 'unix:/run/caddy/admin.sock' },
      { kind: 'caddy', caddyAdmin: 'http://[::1]:2019' },
      { kind: 'caddy', caddyAdmin: 'http://[::ffff:127.0.0.1]:2019' },
      { kind: 'webhook', webhookUrl: 'http://169.254.169.254/', webhookSecret: 'a'.repeat(20) },
      { kind: 'webhook', webhookUrl: 'https://10.1.2.3/hook', webhookSecret: 'a'.repeat(20) },
      { kind: 'webhook', webhookUrl: 'https://127.0.0.1.nip.io/', webhookSecret: 'a'.repeat(20) },
      { kind: 'webhook', webhookUrl: 'https://[64:ff9b::7f00:1]/', webhookSecret: 'a'.repeat(20) },
      { kind: 'webhook', webhookUrl: 'https://router.lan/', webhookSecret: 'a'.repeat(20) },
      { kind: 'webhook', webhookUrl: 'https://redis.internal./', webhookSecret: 'a'.repeat(20) },
    ]
    for (const choice of choices) {
      const answer = await page.send('balancer', choice)
      assert.equal(answer.status, 400, JSON.stringify(choice))
      assert.match(alertOf(answer), /reached over the internet: this bot is run by another team/)
    }
    const webhook = { kind: 'webhook', webhookUrl: 'https://hooks.example.com/', webhookSecret: 'a'.repeat(20) }
    assert.equal((await page.send('balancer', webhook)).headers.location, '/connect/members')
  })

  it('lets no load balancer be chosen that cannot reach the droplet', async () => {
    const here = cloud.state.addBalancer({ name: 'here' })
    const far = cloud.state.addBalancer({ name: 'far', region: 'fra1' })
    const page = await open(null)
    await page.send('environment', {})
    await page.send('droplet', { droplet })
    const { body } = await page.get('balancer')
    assert.match(body, /it is in fra1, and shop is in nyc3/)
    const pick = (id: string): Promise<Answer> => page.send('balancer', { kind: 'digitalocean', loadBalancer: id })
    assert.match(alertOf(await pick(far.id)), /far cannot be used: it is in fra1/)
    const [one] = await service.droplets('environment', 'shop')
    const apart = await service.loadBalancers('environment', { ...one!, vpcId: 'another' })
    assert.equal(apart.find(({ name }) => name === 'here')?.unfit, 'it is in another VPC than shop')
    assert.equal((await pick(here.id)).headers.location, '/connect/members')
  })

  it('lets no load balancer be chosen that takes no single droplets, or is not whole', async () => {
    const cases: readonly (readonly [name: string, id: string, words: RegExp])[] = [
      ['global', cloud.state.addBalancer({ name: 'global', type: 'GLOBAL' }).id, /in front of other load balancers/],
      ['tagged', cloud.state.addBalancer({ name: 'tagged', tag: 'web' }).id, /every droplet tagged “web”/],
      ['broken', cloud.state.addBalancer({ name: 'broken' }).id, /could not set it up/],
      ['ruleless', cloud.state.addBalancer({ name: 'ruleless' }).id, /no forwarding rule/],
    ]
    await until(() => [...cloud.state.balancers.values()].every(({ status }) => status === 'active'))
    cloud.state.balancers.get(cases[2]![1])!.status = 'errored'
    cloud.state.balancers.get(cases[3]![1])!.forwardingRules = []
    const page = await open(null)
    await page.send('environment', {})
    await page.send('droplet', { droplet })
    const { body } = await page.get('balancer')
    for (const [name, id, words] of cases) {
      assert.match(body, words)
      const answer = await page.send('balancer', { kind: 'digitalocean', loadBalancer: id })
      assert.match(alertOf(answer), new RegExp(`${name} cannot be used: .*`), name)
    }
    for (const [, id] of cases) cloud.state.balancers.delete(id)
  })

  describe('sizes', () => {
    const options = async (
      wanted: Omit<NewDroplet, 'name'>,
    ): Promise<{ all: string[]; chosen: string; body: string }> => {
      const { id } = cloud.state.addDroplet({ name: 'sized', ...wanted })
      const page = await open(null)
      // Not the bot's own access, whose list of droplets may be some seconds old.
      await page.send('token', { token: cloud.state.addToken().value })
      await page.send('droplet', { droplet: String(id) })
      await page.send('balancer', { kind: 'builtin' })
      const { body } = await page.get('members')
      cloud.state.deleteByHand(id)
      const all = [...body.matchAll(/<option value="([^"]*)"/g)].map((match) => match[1] ?? '')
      return { all, chosen: /<option value="([^"]*)"[^>]* selected/.exec(body)?.[1] ?? assert.fail(body), body }
    }

    it('are the ones whose disk holds the droplet’s own, which may be smaller than its plan’s', async () => {
      const { all, chosen } = await options({ size: 's-2vcpu-4gb', disk: 25 })
      assert.equal(chosen, 's-2vcpu-4gb')
      assert.ok(all.includes('c-2') && all.includes('s-1vcpu-1gb'), '25 GB are enough')
      assert.ok(!all.includes('s-1vcpu-512mb-10gb'), '10 GB are not')
    })

    it('leave out the droplet’s own where its disk has grown past it, and say so', async () => {
      const { all, chosen, body } = await options({ size: 's-1vcpu-1gb', disk: 60 })
      assert.equal(chosen, '', 'none is preselected')
      assert.ok(!all.includes('s-1vcpu-1gb') && all.includes('s-2vcpu-2gb'))
      assert.match(body, /sized’s own size, s-1vcpu-1gb, has a disk of 25 GB, and 60 GB are needed/)
    })

    it('leave out the droplet’s own where it is sold out, and say so', async () => {
      const size = cloud.state.sizes.get('s-1vcpu-2gb')!
      size.soldOutIn.add('nyc3')
      const { all, chosen, body } = await options({ size: 's-1vcpu-2gb' })
      size.soldOutIn.clear()
      assert.equal(chosen, '')
      assert.ok(!all.includes('s-1vcpu-2gb') && all.includes('s-1vcpu-2gb-amd'))
      assert.match(body, /s-1vcpu-2gb, is not available in nyc3 now/)
    })

    it('leave out others that are sold out in the droplet’s region only', async () => {
      const size = cloud.state.sizes.get('s-2vcpu-2gb')!
      size.soldOutIn.add('nyc3')
      const here = await options({ size: 's-1vcpu-2gb' })
      const there = await options({ size: 's-1vcpu-2gb', region: 'fra1' })
      size.soldOutIn.clear()
      assert.ok(!here.all.includes('s-2vcpu-2gb') && there.all.includes('s-2vcpu-2gb'))
      assert.equal(there.chosen, 's-1vcpu-2gb')
    })

    it('leave out a plan that DigitalOcean no longer offers', async () => {
      const { all, chosen, body } = await options({ size: '512mb' })
      assert.equal(chosen, '')
      assert.ok(all.length > 3)
      assert.match(body, /own size, 512mb, is no longer offered/)
    })
  })

  describe('the last look', () => {
    const confirmation = async (wanted: Omit<NewDroplet, 'name'>, reserved?: string): Promise<string> => {
      const { id } = cloud.state.addDroplet({ name: 'rich', ...wanted })
      if (reserved !== undefined) cloud.state.addReservedIp(reserved, id)
      const page = await open(null)
      // Not the bot's own access, whose list of droplets may be some seconds old.
      await page.send('token', { token: cloud.state.addToken().value })
      await page.send('droplet', { droplet: String(id) })
      await page.send('balancer', { kind: 'builtin' })
      const network = 'public'
      const sent = await page.send('members', { network, port: '80', healthPath: '/', size: 's-1vcpu-1gb' })
      assert.equal(sent.headers.location, '/connect/confirm', alertOf(sent))
      const { body } = await page.get('confirm')
      cloud.state.deleteByHand(id)
      return body
    }

    it('names volumes, backups and reserved IPs, which clones will not have', async () => {
      const body = await confirmation({ volumeIds: ['v1', 'v2'], backups: true }, '203.0.113.77')
      assert.match(body, /rich has 2 volumes attached.*clones start without/)
      assert.match(body, /DigitalOcean backs rich up\. Clones are not backed up/)
      assert.match(body, /reserved IP 203\.0\.113\.77 leads to rich alone/)
    })

    it('says whether the droplet will reach the bot, by its own addresses, and what to do', async () => {
      const asked: (string | null)[][] = []
      reach = async ({ publicIp, privateIp }) => {
        asked.push([publicIp, privateIp])
        return failed('Public address', 'http://127.0.0.1:8080 is this machine’s own address', 'Run it elsewhere.')
      }
      const body = await confirmation({})
      assert.match(body, /unreachable<\/span> http:\/\/127\.0\.0\.1:8080 is this machine’s own address\./)
      assert.match(body, /Run it elsewhere\. You can continue/)
      assert.match(String(asked[0]), /^\d+\.\d+\.\d+\.\d+,/)
      reach = async () => warn('Public address', 'http://bot.example is not encrypted', 'Put HTTPS before it.')
      assert.match(await confirmation({}), /the bot’s address<\/span> http:\/\/bot\.example is not encrypted\./)
    })

    it('says nothing of what is not there', async () => {
      assert.doesNotMatch(await confirmation({}), /unreachable|the bot’s address/)
      assert.doesNotMatch(await confirmation({}), /not cloned/)
      assert.doesNotMatch(await confirmation({ volumeIds: ['v1'] }), /backs rich up|reserved IP/)
    })

    it('shows an address of IPv6 as a URL has it, and what that asks of everybody', async () => {
      const body = await confirmation({ network: 'ipv6', ip: '2001:db8::77' })
      assert.match(body, /http:\/\/\[2001:db8::77\]:80\//)
      assert.match(body, /rich is reached over IPv6 only: this bot and Spinup’s own.* need IPv6/)
    })
  })

  it('says on the page why an account does not fit the pool, takes another, and keeps nothing of the first', async () => {
    const page = await open(null, 'shop')
    relink = async () => {
      throw new SpinupError('badInput', 'That account does not hold the droplet of shop.')
    }
    const refused = await page.send('token', { token: cloud.token })
    assert.equal(refused.status, 400)
    assert.equal(alertOf(refused), 'That account does not hold the droplet of shop.')
    assert.match(refused.body, /<h1>Link the account of shop again<\/h1>/)
    assert.deepEqual(await vault.ids(), [])
    relink = async () => ({ pool: 'shop' })
    assert.equal((await page.send('token', { token: cloud.token })).headers.location, '/connect/done')
    assert.equal((await vault.ids()).length, 1)
  })

  it('keeps an account that was replaced on the page when a pool has it meanwhile', async () => {
    const page = await open(null)
    await page.send('token', { token: cloud.token })
    const [first] = await vault.ids()
    inUse = async (id) => id === first
    await page.send('token', { token: cloud.token })
    assert.equal((await vault.ids()).length, 2)
    inUse = async () => false
    await page.send('token', { token: cloud.token })
    assert.equal((await vault.ids()).length, 2, 'the second one is given up')
  })

  it('shows the form that a refused token was pasted into, and takes odd queries as none', async () => {
    const page = await open(null)
    const refused = await page.send('token', { token: 'x' })
    assert.match(refused.body, /<details class="other" +open>/)
    assert.ok(!(await page.get('account')).body.includes('<details class="other" open'))
    assert.equal((await page.get('../connect?link=a&link=b')).status, 303)
    assert.equal((await page.get('callback?state=a&state=b&code=c')).status, 403)
  })
})
