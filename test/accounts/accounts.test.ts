import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { pino } from 'pino'
import { createAccess } from '../../src/accounts/access.ts'
import { createAccounts, type Accounts } from '../../src/accounts/accounts.ts'
import { newPkce, newState } from '../../src/accounts/credential.ts'
import { SpinupError } from '../../src/core/model/error.ts'
import { createEdge } from '../../src/providers/digitalocean/edge.ts'
import type { Grant, Login } from '../../src/providers/cloud.ts'
import { createOAuth } from '../../src/providers/digitalocean/oauth.ts'
import { DIGITALOCEAN_LIMITS } from '../../src/providers/digitalocean/rate-limit.ts'
import { createVault } from '../../src/store/vault.ts'
import { startDigitalOcean, type FakeDigitalOcean } from '../../src/demo/cloud/api/digitalocean.ts'
import { quiet, startTestRedis, type TestRedis } from '../redis.ts'
import { dump } from '../store/dump.ts'
import { digitalocean } from './clouds.ts'

const redirectUri = 'http://127.0.0.1:8080/connect/callback'
const HOUR = 3_600_000

describe('linked accounts', () => {
  let server: TestRedis
  let redis: Redis
  let cloud: FakeDigitalOcean
  let oauth: Login
  let now: number
  let refreshes: number
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
    cloud = await startDigitalOcean({
      consent: 'approve',
      tokenLifeSeconds: 3 * 3600,
      now: () => now,
      applications: [{ clientId: 'spinup', clientSecret: null, redirectUris: [redirectUri] }],
    })
    const real = createOAuth({
      clientId: 'spinup',
      clientSecret: null,
      oauthUrl: cloud.oauthUrl,
      redirectUri,
      now: () => now,
    })
    oauth = {
      ...real,
      refresh: (token) => {
        refreshes += 1
        return real.refresh(token)
      },
    }
  })
  after(async () => {
    await cloud.stop()
    await server.stop()
  })
  beforeEach(async () => {
    await server.flush()
    now = Date.now()
    refreshes = 0
  })
  const bot = (more: Partial<Parameters<typeof createAccounts>[0]> = {}): Accounts =>
    createAccounts({
      vault: createVault(redis, 'a secret of sixteen'),
      redis,
      clouds: digitalocean({}, oauth),
      now: () => now,
      log: quiet,
      ...more,
    })
  const consent = async (): Promise<Grant> => {
    const pkce = newPkce()
    const response = await fetch(oauth.authorizeUrl({ state: newState(), challenge: pkce.challenge }), {
      redirect: 'manual',
    })
    const code = new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? ''
    return oauth.exchange({ code, verifier: pkce.verifier })
  }
  const works = async (token: string): Promise<boolean> =>
    (await fetch(`${cloud.url}/account`, { headers: { authorization: `Bearer ${token}` } })).ok

  it('keep a pasted token, and nothing of it can be read in Redis', async () => {
    const id = await bot().keep('digitalocean', { token: cloud.token })
    assert.equal(await bot().token(id), cloud.token)
    assert.ok(!JSON.stringify(await dump(redis)).includes(cloud.token.slice(8)))
    assert.ok(!id.includes(cloud.token.slice(8, 16)))
  })

  it('renew a consent before it lapses, once, however many bots and calls ask for it', async () => {
    const [one, two] = [bot(), bot({ redis: await server.connect({ name: 'two' }) })]
    const grant = await consent()
    const id = await one.keep('digitalocean', { grant })
    assert.equal(await one.token(id), grant.accessToken)
    now += HOUR
    assert.equal(await two.token(id), grant.accessToken, 'two thirds of its life have not passed')
    now += HOUR + 1
    await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 ? one : two).token(id)))
    assert.equal(refreshes, 1)
    const fresh = await two.token(id)
    assert.notEqual(fresh, grant.accessToken)
    assert.ok(await works(fresh))
    assert.ok(!JSON.stringify(await dump(redis)).includes(fresh.slice(8)))
  })

  it('make everybody wait for the renewal of a token that has lapsed', async () => {
    const [one, two] = [bot(), bot({ redis: await server.connect({ name: 'two' }) })]
    const id = await one.keep('digitalocean', { grant: await consent() })
    now += 4 * HOUR
    const tokens = await Promise.all([one.token(id), two.token(id), one.token(id), two.token(id)])
    assert.equal(new Set(tokens).size, 1)
    assert.equal(refreshes, 1)
    assert.ok(await works(tokens[0]))
  })

  it('go on with the old token while DigitalOcean does not renew it, and say what to do when it has lapsed', async () => {
    const failing: Login = {
      ...oauth,
      refresh: async () => {
        throw new SpinupError('unauthorised', 'DigitalOcean did not renew. Run /spinup connect for a new link.')
      },
    }
    const accounts = bot({ clouds: digitalocean({}, failing) })
    const grant = await consent()
    const id = await accounts.keep('digitalocean', { grant })
    now += 2 * HOUR + 1
    assert.equal(await accounts.token(id), grant.accessToken)
    now += 2 * HOUR
    await assert.rejects(accounts.token(id), /\/spinup connect/)
  })

  it('lose no renewed token to a store that fails just then', async () => {
    const vault = createVault(redis, 'a secret of sixteen')
    let away = false
    const accounts = bot({
      vault: {
        ...vault,
        put: async (id, text) => {
          if (away) throw new SpinupError('storeFailed', 'Redis is away.')
          await vault.put(id, text)
        },
      },
    })
    const grant = await consent()
    const id = await accounts.keep('digitalocean', { grant })
    now += 2 * HOUR + 1
    away = true
    assert.equal(await accounts.token(id), grant.accessToken, 'the old one is good for a while')
    await assert.rejects(accounts.token(id), /Redis is away/)
    away = false
    const fresh = await accounts.token(id)
    assert.notEqual(fresh, grant.accessToken)
    assert.ok(await works(fresh))
    assert.equal(refreshes, 1)
    assert.equal(await bot().token(id), fresh, 'it is put away')
  })

  it('let a call that met a renewed token go through with the new one', async () => {
    const accounts = bot()
    const id = await accounts.keep('digitalocean', { grant: await consent() })
    const access = createAccess({
      accounts: {
        // The token is renewed by another bot between asking for it and using it.
        token: async (account) => {
          const token = await accounts.token(account)
          if (refreshes === 0) {
            now += 2 * HOUR + 1
            await bot().token(account)
          }
          return token
        },
      },
      redis,
      clock: { now: () => now, steps: () => 0 },
      log: quiet,
      signal: new AbortController().signal,
    })
    const edge = createEdge({ ...access({ limits: DIGITALOCEAN_LIMITS }, id), apiUrl: cloud.url })
    const { z } = await import('zod')
    const answer = await edge.ask({
      what: 'show the account',
      scope: 'account:read',
      repeatable: true,
      answer: z.object({ account: z.object({ email: z.string() }) }),
      send: (client) => client.account.getAccount(),
    })
    assert.equal(answer.account.email, cloud.state.account.email)
    assert.equal(refreshes, 1)
  })

  it('are revoked and forgotten on disconnecting', async () => {
    const accounts = bot()
    const grant = await consent()
    const id = await accounts.keep('digitalocean', { grant })
    assert.equal(await accounts.forget(id), null)
    assert.equal(await works(grant.accessToken), false)
    await assert.rejects(accounts.token(id), /not linked any more.*\/spinup connect account/)
    assert.equal(await redis.exists('spinup:vault'), 0)
    const pasted = await accounts.keep('digitalocean', { token: cloud.token })
    assert.match((await accounts.forget(pasted)) ?? '', /only be revoked by you/)
    assert.ok(await works(cloud.token))
    assert.equal(await redis.exists('spinup:vault'), 0)
  })

  it('forget their tokens also when DigitalOcean cannot be reached, and say what is left to do', async () => {
    const grant = await consent()
    const away = createOAuth({ clientId: 'spinup', clientSecret: null, oauthUrl: 'http://127.0.0.1:1', redirectUri })
    const accounts = bot({ clouds: digitalocean({}, away) })
    const id = await accounts.keep('digitalocean', { grant })
    assert.match((await accounts.forget(id)) ?? '', /could not be revoked .*control panel/)
    assert.equal(await redis.exists('spinup:vault'), 0)
  })

  it('are renewed though nobody uses them, and dropped when nobody chose them', async () => {
    const accounts = bot()
    const used = await accounts.keep('digitalocean', { grant: await consent() })
    const unused = await accounts.keep('digitalocean', { grant: await consent() })
    now += 2 * HOUR + 1
    await accounts.maintain(new Set([used]))
    assert.equal(refreshes, 1)
    assert.ok(await works(await accounts.token(used)))
    await assert.rejects(accounts.token(unused), /not linked any more/)
  })

  it('are renewed and revoked at the cloud that they are of', async () => {
    const asked: string[] = []
    const login = (name: string): Login => ({
      ...oauth,
      refresh: async (token) => {
        asked.push(`${name} renews ${token}`)
        const fresh = { accessToken: `${name}-2`, refreshToken: `${name}-r2`, expiresAt: now + 3 * HOUR }
        return { ...fresh, scopes: [], account: null }
      },
      revoke: async (token) => void asked.push(`${name} revokes ${token}`),
    })
    const [one] = digitalocean({}, login('one')).all
    const cloud = (name: string) => ({
      ...one!,
      entry: { ...one!.entry, name, environmentAccount: `environment-${name}` },
      login: login(name),
    })
    const all = [cloud('one'), cloud('two')]
    const clouds = {
      all,
      areHere: false,
      named: (name: string) => all.find(({ entry }) => entry.name === name)!,
      ofEnvironment: () => null,
    }
    const accounts = bot({ clouds })
    const grant = { refreshToken: 'r1', expiresAt: now + 3 * HOUR, scopes: [], account: null }
    const ids = await Promise.all(
      ['one', 'two'].map((name) => accounts.keep(name, { grant: { ...grant, accessToken: `${name}-1` } })),
    )
    assert.deepEqual(await Promise.all(ids.map(async (id) => (await accounts.cloudOf(id)).entry.name)), ['one', 'two'])
    now += 2 * HOUR + 1
    assert.equal(await accounts.token(ids[1]!), 'two-2')
    assert.equal(await accounts.forget(ids[0]!), null)
    assert.equal(await accounts.forget(ids[1]!), null)
    assert.deepEqual(asked, ['two renews r1', 'one revokes one-1', 'two revokes two-2'])
  })

  it('put away before there were several clouds are DigitalOcean’s', async () => {
    const vault = createVault(redis, 'a secret of sixteen')
    await vault.put('account-old', JSON.stringify({ kind: 'token', token: cloud.token, keptAt: now }))
    assert.equal(await bot().token('account-old'), cloud.token)
    assert.equal((await bot().cloudOf('account-old')).entry.name, 'digitalocean')
  })

  it('leave alone, and out of the log, what the chats keep beside them', async () => {
    const vault = createVault(redis, 'a secret of sixteen')
    await vault.put('slack:state-secret', 'a715a92b84c0ffee')
    await vault.put('slack:install:T1', JSON.stringify({ keptAt: 0, bot: { token: 'xoxb-1' } }))
    const logged: string[] = []
    const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) })
    now += 100 * HOUR
    await bot({ log }).maintain(new Set())
    assert.deepEqual(logged, [])
    assert.deepEqual(await vault.ids(), ['slack:install:T1', 'slack:state-secret'])
  })

  it('may be the one of the environment, which is in no vault', async () => {
    const accounts = bot({ clouds: digitalocean({ token: cloud.token }, oauth) })
    assert.equal(await accounts.token('environment'), cloud.token)
    assert.equal(await redis.exists('spinup:vault'), 0)
    assert.match((await accounts.forget('environment')) ?? '', /DIGITALOCEAN_TOKEN/)
    await assert.rejects(bot().token('environment'), /DIGITALOCEAN_TOKEN, which is not set any more/)
  })
})
