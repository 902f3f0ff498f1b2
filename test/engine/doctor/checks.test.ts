import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { checkToken } from '../../../src/providers/digitalocean/token-check.ts'
import { digitalocean } from '../../accounts/clouds.ts'
import { accountCheck } from '../../../src/accounts/check-up.ts'
import type { Chat } from '../../../src/chat/chat.ts'
import type { CheckLine } from '../../../src/core/model/view.ts'
import { runCheck, skipped, type Check } from '../../../src/engine/doctor/check.ts'
import { installationChecks, type Installation } from '../../../src/engine/doctor/checks/installation.ts'
import { clockCheck, clocksCheck } from '../../../src/engine/doctor/checks/clock.ts'
import type { ClockTrouble } from '../../../src/core/model/agent-about.ts'
import { redisCheck } from '../../../src/engine/doctor/checks/redis.ts'
import { OAUTH_SCOPES } from '../../../src/providers/digitalocean/scopes.ts'
import { readStoreHealth, type StoreHealth } from '../../../src/store/health.ts'
import { openAccount, QUICK, type TestAccount } from '../../providers/digitalocean/account.ts'
import { startTestRedis, type TestRedis } from '../../redis.ts'
import { until } from '../../wait.ts'
import { ada, examplePool, fullState } from '../../store/example-state.ts'
import { running } from '../../running.ts'

const only = async (check: Check): Promise<CheckLine> => {
  const lines = await runCheck(check)
  assert.equal(lines.length, 1)
  return lines[0]!
}

describe('a check', () => {
  it('is given up when the bot stops, also when it has stopped before', async () => {
    const stopping = new AbortController()
    const mute: Check = { name: 'Mute', fix: 'Ring twice.', run: () => new Promise(() => undefined) }
    const before = runCheck(mute, stopping.signal)
    stopping.abort()
    for (const told of [await before, await runCheck(mute, stopping.signal)]) {
      assert.deepEqual(told, [skipped('Mute', 'the bot is stopping')])
    }
  })
})

describe('the check of Redis', () => {
  let server: TestRedis
  let redis: Redis
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
  })
  after(() => server.stop())
  const look = (changes: Partial<StoreHealth> = {}): Promise<CheckLine> =>
    only(redisCheck(async () => ({ ...(await readStoreHealth(redis)), ...changes })))

  it('is content with the one that Spinup runs itself', async () => {
    const { state, detail, fix } = await look({ latencyMs: 1 })
    assert.deepEqual([state, fix], ['ok', null])
    assert.match(detail, /^(Redis|Valkey) \d+\.\d+.*, answers in 1 ms, keeps every write$/)
  })

  it('says how to make it keep what it is told', async () => {
    await redis.config('SET', 'appendonly', 'no')
    await redis.config('SET', 'save', '3600 1')
    assert.deepEqual([(await look()).state, (await readStoreHealth(redis)).keeps], ['warn', 'snapshots'])
    await redis.config('SET', 'save', '')
    const lost = await look()
    assert.equal(lost.state, 'failed')
    assert.match(lost.fix ?? '', /CONFIG SET appendonly yes/)
    await redis.config('SET', 'appendonly', 'yes')
    // Redis refuses to end before its new file is begun.
    await until(async () => /aof_rewrite_(in_progress|scheduled):1/.test(await redis.info('persistence')) === false, {
      what: 'the new append-only file',
    })
  })

  it('says how to make it refuse rather than forget', async () => {
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru')
    const told = await look()
    assert.equal(told.state, 'failed')
    assert.match(told.fix ?? '', /maxmemory-policy noeviction/)
    await redis.config('SET', 'maxmemory-policy', 'noeviction')
  })

  it('says so when it is old, slow, or cannot write', async () => {
    assert.match((await look({ major: 6, name: 'Redis 6.2.0' })).detail, /6\.2\.0 is too old/)
    assert.equal((await look({ latencyMs: 80 })).state, 'warn')
    assert.match((await look({ writeFailed: true })).fix ?? '', /^Free space/)
  })

  it('says so when it does not answer', async () => {
    const gone = await startTestRedis()
    const client = await gone.connect()
    await gone.stop()
    const told = await only(redisCheck(() => readStoreHealth(client)))
    assert.equal(told.state, 'failed')
    assert.match(told.fix ?? '', /REDIS_URL/)
  })
})

describe('the check of the clock', () => {
  let url = ''
  let date: string | null = null
  const server = createServer((_request, response) => {
    response.sendDate = false
    if (date !== null) response.setHeader('date', date)
    response.end()
  })
  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  const at = Date.UTC(2026, 10, 22, 14, 0, 0, 500)
  const look = (aheadMs: number): Promise<CheckLine> => {
    date = new Date(at).toUTCString()
    return only(clockCheck({ name: 'DigitalOcean', url }, () => at + aheadMs))
  }

  it('takes whole seconds and the way there into account', async () => {
    for (const ahead of [-1500, 0, 400, 2400]) assert.equal((await look(ahead)).state, 'ok', String(ahead))
  })

  it('tells how far it is off, in which direction, and what to do', async () => {
    const behind = await look(-5000)
    assert.deepEqual([behind.state, behind.detail], ['warn', '4.5 s behind DigitalOcean’s'])
    assert.match(behind.fix ?? '', /timedatectl set-ntp true/)
    const ahead = await look(120_000)
    assert.deepEqual([ahead.state, ahead.detail], ['failed', '2 min ahead of DigitalOcean’s'])
  })

  it('has a neighbour that tells which bot’s clock is off Redis’s, or that Redis’s was set, and by how much', async () => {
    const see = (trouble: ClockTrouble): Promise<CheckLine> => only(clocksCheck(() => trouble))
    assert.equal((await see({ off: [], set: null })).state, 'ok')
    const off = await see({
      off: [
        { host: 'bot-1', offMs: -3_600_000 },
        { host: 'bot-2', offMs: 8000 },
      ],
      set: { byMs: 1 },
    })
    assert.equal(off.state, 'warn')
    assert.match(off.detail, /bot-1 is 1 h behind Redis’s, that of bot-2 is 8 s ahead of Redis’s/)
    assert.match(off.fix ?? '', /timedatectl set-ntp true/)
    assert.match((await see({ off: [], set: { byMs: 3_600_000 } })).detail, /set forward by 1 h/)
    assert.match((await see({ off: [], set: { byMs: -60_000 } })).detail, /set back by 1 min/)
  })

  it('is skipped where there is nothing to compare it with', async () => {
    assert.equal((await only(clockCheck(null, Date.now))).state, 'skipped')
    assert.equal((await only(clockCheck({ name: 'X', url: 'http://127.0.0.1:1' }, Date.now))).state, 'skipped')
    date = null
    assert.equal((await only(clockCheck({ name: 'X', url }, Date.now))).state, 'skipped')
  })
})

describe('the checks for someone', () => {
  const chat = (platform: string): Chat => ({
    platform,
    start: async () => undefined,
    show: async () => undefined,
    stop: async () => undefined,
    checkUp: async () => [],
  })
  const installation: Installation = {
    health: () => Promise.reject(new Error('not asked')),
    warnings: [],
    address: { url: 'http://bot', prove: (nonce) => nonce },
    ownAddresses: () => [],
    reporting: async () => 0,
    chats: [chat('slack'), chat('discord')],
    absent: [{ name: 'Teams', variable: 'TEAMS_TOKEN' }],
    account: ({ id }) => ({ name: `Account ${id}`, fix: '', run: async () => [] }),
    ownAccounts: [{ cloud: 'digitalocean', id: 'environment' }],
    clock: () => ({ name: 'X', url: 'http://x' }),
    now: Date.now,
    clockTrouble: () => ({ off: [], set: null }),
  }
  const checks = installationChecks(installation)
  const names = (tenant: string | null, accounts: readonly string[]): readonly string[] => {
    const place = { platform: 'slack', channel: 'T2/C1', tenant }
    const states = accounts.map((account) => ({ ...fullState(), pool: examplePool({ account }) }))
    return checks({ actor: ada, place, roles: [] }, states).map(({ name }) => name)
  }

  it('are all of them for the installation’s own team, each account once', () => {
    assert.deepEqual(names(null, ['a1', 'a1', 'environment']), [
      'Redis',
      'Clock',
      'Clocks of the bots and Redis',
      'Public address',
      'Account environment',
      'Account a1',
      'Slack',
      'Discord',
      'Teams',
    ])
  })

  it('begin with what is wrong with how the bot was set up, for that team alone', async () => {
    const warned = installationChecks({ ...installation, warnings: ['SPINUP_PORTT is read by nothing.', 'So is X.'] })
    const of = (tenant: string | null): readonly Check[] =>
      warned({ actor: ada, place: { platform: 'slack', channel: 'T2/C1', tenant }, roles: [] }, [])
    const lines = await runCheck(of(null)[0]!)
    assert.deepEqual(
      lines.map(({ name, state, detail }) => [name, state, detail]),
      [
        ['Configuration', 'warn', 'SPINUP_PORTT is read by nothing.'],
        ['Configuration', 'warn', 'So is X.'],
      ],
    )
    assert.ok(of('T2').every(({ name }) => name !== 'Configuration'))
  })

  it('say nothing of this machine to a workspace that only installed the app', () => {
    assert.deepEqual(names('slack:T2', ['a2']), ['Account a2', 'Slack'])
    assert.deepEqual(names('slack:T2', []), ['Slack'])
  })
})

describe('the check of an account', () => {
  const account = running(openAccount)
  const checkOf = (options: ReturnType<TestAccount['options']>, environment: boolean): Check => {
    const [{ entry, ready } = assert.fail()] = digitalocean({}).all
    const { oauthUrl } = account.cloud
    return accountCheck(
      { entry, ready: { ...ready, check: () => checkToken({ ...options, oauthUrl }) } },
      options,
      environment,
    )
  }
  const look = async (scopes: readonly string[] | null): Promise<CheckLine> => {
    const token = scopes === null ? 'dop_v1_nonsense' : account.cloud.state.addToken({ scopes }).value
    const options = account.options({ token: async () => token, timing: { ...QUICK, attempts: 1 } })
    return only(checkOf(options, scopes === null))
  }

  it('knows a good token from one that lacks something, and from none', async () => {
    const good = await look(OAUTH_SCOPES)
    assert.deepEqual([good.state, good.fix], ['ok', null])
    assert.match(good.detail, /up to \d+ droplets; its token has every scope$/)
    const lacking = await look(OAUTH_SCOPES.filter((scope) => scope !== 'droplet:delete'))
    assert.equal(lacking.state, 'failed')
    assert.match(lacking.detail, /droplet:delete/)
    assert.match(lacking.fix ?? '', /spinup connect account/)
    const unknown = await look(null)
    assert.deepEqual([unknown.state, unknown.detail], ['failed', 'its token is not accepted any more'])
    assert.match(unknown.fix ?? '', /DIGITALOCEAN_TOKEN/)
    const away = account.options({ apiUrl: 'http://127.0.0.1:1/v2', timing: { ...QUICK, attempts: 1 } })
    const silent = await only(checkOf(away, true))
    assert.deepEqual([silent.state, silent.detail], ['failed', 'it could not be asked'])
  })
})
