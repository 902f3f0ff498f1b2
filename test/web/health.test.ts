import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, it } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { createMeasures } from '../../src/app/measures.ts'
import { createMetrics } from '../../src/web/metrics.ts'
import { createApiTokens } from '../../src/store/api-tokens.ts'
import { createFirstAnswers } from '../../src/store/first-answers.ts'
import { keys } from '../../src/store/keys.ts'
import { createSharedRateLimit } from '../../src/store/rate-limit.ts'
import { startRig, type Rig } from '../engine/rig.ts'
import { running } from '../running.ts'
import { until } from '../wait.ts'
import { startExampleConsole, type ExampleConsole } from './example-console.ts'
import { ask } from './http.ts'
import { addPoolTo } from './api/stage.ts'

const MANIFESTS = join(import.meta.dirname, '../../manifests')

const LIMITS = [
  { limit: 250, ms: 60_000 },
  { limit: 5000, ms: 3_600_000 },
]

interface Stage {
  readonly rig: Rig
  readonly console: ExampleConsole
  readonly measures: ReturnType<typeof createMeasures>
  stop(): Promise<void>
}

async function start(): Promise<Stage> {
  const rig = await startRig()
  await rig.reset()
  const clock = { now: rig.now, steps: () => 0 }
  const { store, tokens } = rig.services
  const accounts = { cloudOf: async () => ({ entry: { limits: LIMITS } }) }
  // Only these parts of them are asked.
  const measures = createMeasures({ redis: rig.redis, clock, store } as never, rig.services, { accounts } as never)
  const console = await startExampleConsole(rig.redis, {
    now: rig.now,
    health: { newestTickMs: measures.newestTickMs, metrics: createMetrics(measures), prove: (nonce) => `of ${nonce}` },
    api: {
      tokens,
      answers: createFirstAnswers(rig.redis),
      url: 'http://spinup.test',
      service: {} as never,
      page: { peek: tokens.peek, open: async () => null },
    },
  })
  return { rig, console, measures, stop: () => console.close().then(rig.stop) }
}

describe('health', () => {
  const stage = running(start)
  beforeEach(() => stage.rig.reset({ max: 4 }))
  const get = (path: string, headers: Readonly<Record<string, string>> = {}): ReturnType<typeof ask> =>
    ask(stage.console.web.url + path, { headers })
  const token = (
    pools: readonly string[],
    tenant: string | null = null,
    can: 'read' | 'scale' = 'read',
  ): Promise<string> => {
    const by = { id: 'console:ada', name: 'Ada', platform: 'console' }
    const name = `t-${Math.random().toString(36).slice(2)}`
    return createApiTokens(stage.rig.redis).make({ name, tenant, can: [can], pools, by, forMs: null }, stage.rig.now())
  }

  it('says that the process lives, whoever asks', async () => {
    for (const path of ['/healthz', '/health']) {
      const answer = await get(path, { host: 'spinup.example.com', 'x-forwarded-for': '203.0.113.1' })
      assert.deepEqual([answer.status, answer.body], [200, '{"ok":true}'])
    }
  })

  it('proves to who asks with a nonce, and only then, whose it is', async () => {
    const nonce = '0123456789abcdef'.repeat(2)
    assert.equal((await get(`/healthz?nonce=${nonce}`)).body, `{"ok":true,"proof":"of ${nonce}"}`)
    for (const odd of ['', 'short', nonce.toUpperCase(), `${nonce}0`, `${nonce}&nonce=${nonce}`]) {
      assert.equal((await get(`/healthz?nonce=${odd}`)).body, '{"ok":true}', odd)
    }
  })

  it('says that it is ready while Redis answers and pools are looked at', async () => {
    const ready = async (): Promise<readonly [number, string]> => {
      const { status, body } = await get('/readyz')
      return [status, body]
    }
    const becomes = (status: number, words: RegExp): Promise<unknown> =>
      until(async () => {
        const [now, body] = await ready()
        return now === status && words.test(body)
      })
    await stage.rig.tick()
    await becomes(200, /pools are looked at/)
    stage.rig.pass(60_000)
    await becomes(503, /not looked at|No pool was looked at for 60 s/)
    await stage.rig.tick()
    await becomes(200, /pools are looked at/)
    await stage.rig.redis.flushall()
    await becomes(200, /no pool is connected/)
  })

  it('measures pools, cards, samples and what the cloud still takes, for programs on this machine', async () => {
    await stage.rig.grow(2)
    const { pool } = await stage.rig.state()
    await stage.rig.change({ pool: { ...pool, account: 'a1' } })
    await stage.rig.ask({ kind: 'up', count: 1 })
    await stage.rig.tick()
    stage.rig.pass(3000)
    for (let count = 0; count < 7; count++) stage.measures.sampled('web')
    const now = (): number => stage.rig.now()
    const limiter = createSharedRateLimit(stage.rig.redis, { key: keys.requests('a1'), windows: LIMITS, now })
    for (let count = 0; count < 3; count++) await limiter.take()
    const { status, body, headers } = await get('/metrics')
    assert.equal(status, 200)
    assert.match(headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/)
    for (const line of [
      'spinup_members{pool="web",phase="inService"} 3',
      'spinup_members{pool="web",phase="creating"} 1',
      'spinup_members_max{pool="web"} 4',
      'spinup_tick_age_seconds{pool="web"} 3',
      'spinup_samples_stored{pool="web"} 7',
      'spinup_operations{pool="web",kind="scaleOut",state="running"} 1',
      'spinup_provider_calls_left{account="a1",window="60"} 247',
      'spinup_provider_calls_left{account="a1",window="3600"} 4997',
    ])
      assert.ok(body.includes(`${line}\n`), `${line} in\n${body}`)
    assert.match(body, /^spinup_dollars_per_hour\{pool="web"\} 0\.0\d+$/m)
    assert.match(body, /^spinup_outbox_cards [1-9]\d*$/m)
    assert.match(body, /^process_resident_memory_bytes \d+$/m)
    const names = [...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
    assert.equal(new Set(names).size, names.length, 'each is described once')
  })

  it('measures all that the dashboard and the rules ask for, with the labels that they use', async () => {
    const { pool } = await stage.rig.state()
    await stage.rig.change({ pool: { ...pool, account: 'a1' } })
    await stage.rig.ask({ kind: 'up', count: 1 })
    const { body } = await get('/metrics')
    const [dashboard, rules] = await Promise.all(
      ['grafana-dashboard.json', 'prometheus-rules.yaml'].map((name) => readFile(join(MANIFESTS, name), 'utf8')),
    )
    const alerts = z
      .object({ groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })) })
      .parse(parse(rules!)).groups[0]!.rules
    const panels = z
      .object({ panels: z.array(z.object({ targets: z.array(z.object({ expr: z.string() })) })) })
      .parse(JSON.parse(dashboard!)).panels
    const expressions = [...alerts, ...panels.flatMap(({ targets }) => targets)].map(({ expr }) => expr)
    assert.ok(expressions.length > 15)
    for (const expression of expressions) {
      for (const [, name, labels] of expression.matchAll(/(spinup_\w+)(?:\{([^}]*)\})?/g)) {
        const line = body.split('\n').find((one) => one.startsWith(`${name}{`) || one.startsWith(`${name} `))
        assert.ok(line !== undefined, `${name} of ${expression}`)
        for (const [, label] of labels?.matchAll(/(\w+)=/g) ?? []) assert.ok(line.includes(`${label}="`), expression)
      }
    }
  })

  it('shows its figures to nobody else without a token', async () => {
    const through: readonly Readonly<Record<string, string>>[] = [
      { 'x-forwarded-for': '203.0.113.1' },
      { via: '1.1 caddy' },
      { host: 'spinup.example.com' },
      { forwarded: 'for=203.0.113.1' },
      { 'x-real-ip': '203.0.113.1' },
    ]
    for (const headers of through) {
      const { status, body } = await get('/metrics', headers)
      assert.ok(status === 401 || status === 403, `${JSON.stringify(headers)}: ${status}`)
      assert.doesNotMatch(body, /spinup_/)
    }
    const wrong = await get('/metrics', { authorization: `Bearer ${await token([], null, 'scale')}` })
    assert.equal(wrong.status, 403)
  })

  it('shows a token the pools that it reaches, and nothing of the installation', async () => {
    await addPoolTo(stage.rig, 'api')
    await addPoolTo(stage.rig, 'shop', 'slack:T2')
    const seen = async (pools: readonly string[], tenant: string | null): Promise<readonly string[]> => {
      const headers = { authorization: `Bearer ${await token(pools, tenant)}`, 'x-forwarded-for': '203.0.113.1' }
      const { status, body } = await get('/metrics', headers)
      assert.equal(status, 200)
      assert.doesNotMatch(body, /process_|outbox|calls_left|oldest/)
      return [...new Set([...body.matchAll(/pool="(\w+)"/g)].map(([, name]) => name!))].toSorted()
    }
    assert.deepEqual(await seen([], null), ['api', 'web'])
    assert.deepEqual(await seen(['api'], null), ['api'])
    assert.deepEqual(await seen([], 'slack:T2'), ['shop'])
    const { body } = await get('/metrics')
    assert.doesNotMatch(body, /shop|T2/, 'the console’s people see nothing of another team either')
    assert.match(body, /^spinup_oldest_tick_age_seconds [\d.e+]+$/m, 'but for how long it has waited')
  })
})
