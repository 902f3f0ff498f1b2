import assert from 'node:assert/strict'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'
import { SpinupError } from '../../../src/core/model/error.ts'
import type { CreateRequest, Droplet } from '../../../src/providers/provider.ts'
import { until } from '../../wait.ts'
import { WEB_APP, agentConfigOf, ask, isAlive, servicesOf, startCloud } from './cloud.ts'
import type { TestCloud } from './cloud.ts'
import { anyNumber } from '../../permit.ts'

const toldSchema = z.object({ config: z.string(), statsd: z.string(), proc: z.string(), stat: z.string() })

async function environmentOf(droplet: Droplet): Promise<Readonly<Record<string, string>>> {
  const text = await until(() => ask(`${droplet.url}/env`), { what: 'the app to answer' })
  return z.record(z.string(), z.string()).parse(JSON.parse(text))
}

/** What the droplet's agent answers; the app's environment tells where it is. */
async function toldByAgent(droplet: Droplet): Promise<z.infer<typeof toldSchema>> {
  const { SPINUP_AGENT_URL = '' } = await environmentOf(droplet)
  return toldSchema.parse(JSON.parse(await until(() => ask(SPINUP_AGENT_URL), { what: 'the agent to answer' })))
}

function isRetryable(error: unknown): boolean {
  return error instanceof SpinupError && error.code === 'providerFailed' && error.retryable
}

describe('a local droplet', () => {
  let test: TestCloud
  let origin: Droplet
  let snapshotId = ''

  before(async () => {
    test = await startCloud({ agentCommand: [process.execPath, join(import.meta.dirname, 'agent-stub.ts')] })
    origin = await test.seed('web', WEB_APP)
  })
  after(() => test?.stop())

  const request = (tag: string, userData = ''): CreateRequest => ({
    name: `web-${tag}`,
    snapshotId,
    operationTag: `spinup-op-${tag}`,
    tags: ['spinup'],
    userData,
  })

  it('is seeded once per name, from a folder that says what runs', async () => {
    const again = await test.seed('web', WEB_APP)
    assert.equal(again.id, origin.id)
    const size = { vcpus: 1, memoryBytes: 2 ** 28 }
    await assert.rejects(
      test.cloud.seed({ name: 'empty', from: join(test.dir, 'nowhere'), size, dollarsPerHour: 0 }),
      (error) => error instanceof SpinupError && /droplet\.json/.test(error.message),
    )
  })

  it('gives its app a port, an agent and nothing of the bot’s environment', async () => {
    const environment = await environmentOf(origin)
    assert.equal(`http://${environment['HOST']}:${environment['PORT']}`, origin.url)
    assert.equal(environment['GREETING'], 'hello')
    assert.equal(environment['HOSTNAME'], 'web')
    assert.deepEqual(Object.keys(environment).toSorted(), [
      'GREETING',
      'HOME',
      'HOST',
      'HOSTNAME',
      'LANG',
      'PATH',
      'PORT',
      'SPINUP_AGENT_URL',
      'SPINUP_HYPERVISOR_DIR',
    ])
  })

  it('restarts a service that crashes, and keeps its log', async () => {
    const pid = await until(() => ask(`${origin.url}/pid`))
    await ask(`${origin.url}/crash`)
    const next = await until(async () => {
      const now = await ask(`${origin.url}/pid`)
      return now !== pid && now
    })
    assert.equal(isAlive(Number(pid)), false)
    assert.equal(isAlive(Number(next)), true)
    await stat(join(test.dir, 'droplets', origin.id, 'log', 'web.log'))
  })

  it('gets an agent installed, which restarts with a new configuration and after a power cycle', async () => {
    await test.cloud.installAgent(origin.id, '{"key":"one"}')
    const first = await toldByAgent(origin)
    assert.equal(first.config, '{"key":"one"}')
    assert.match(first.statsd, /^127\.0\.0\.1:\d+$/)
    assert.match(first.stat, /^cpu {2}\d+ /)
    const mode = (await stat(join(test.dir, 'droplets', origin.id, 'disk', 'agent.json'))).mode & 0o777
    assert.equal(mode, 0o600)

    const { agent } = await servicesOf(test.dir, origin.id)
    await test.cloud.installAgent(origin.id, '{"key":"two"}')
    await until(async () => {
      const now = (await servicesOf(test.dir, origin.id))['agent']
      return now !== undefined && now !== agent
    })
    assert.equal((await toldByAgent(origin)).config, '{"key":"two"}')

    await test.cloud.power(origin.id, 'off')
    await until(async () => (await test.cloud.get(origin.id))?.status === 'off')
    await test.cloud.power(origin.id, 'on')
    await test.active(origin.id)
    assert.equal((await toldByAgent(origin)).config, '{"key":"two"}')
  })

  it('leaves its identity out of its snapshot; a clone starts its agent with its user data', async () => {
    snapshotId = await until(async () => {
      const snapshot = await test.cloud.snapshot(origin.id, 'golden')
      return snapshot.complete && snapshot.id
    })
    const nobody = await test.cloud.create(request('nobody'), anyNumber)
    const somebody = await test.cloud.create(request('somebody', '{"key":"three"}'), anyNumber)
    assert.equal((await toldByAgent(await test.active(somebody.id))).config, '{"key":"three"}')
    await environmentOf(await test.active(nobody.id))
    assert.equal(await agentConfigOf(test.dir, nobody.id), null)
    assert.deepEqual(Object.keys(await servicesOf(test.dir, nobody.id)), ['web'])
    // Bytes, not only names.
    const [one, other] = await Promise.all(
      [origin, somebody].map(({ id }) => readFile(join(test.dir, 'droplets', id, 'disk', 'big.bin'))),
    )
    assert.ok(one && other?.equals(one))
  })

  it('can be switched off while it boots, and on again', async () => {
    await test.cloud.faults.arm({ kind: 'slowBoot', bootMs: 60_000 })
    const slow = await test.cloud.create(request('slow'), anyNumber)
    await test.cloud.power(slow.id, 'off')
    await until(async () => (await test.cloud.get(slow.id))?.status === 'off')
    await test.cloud.destroy(slow.id)
    assert.equal(await test.cloud.get(slow.id), null)
  })

  it('is not made when capacity is refused, but by the next try', async () => {
    await test.cloud.faults.arm({ kind: 'failCreate' })
    await assert.rejects(test.cloud.create(request('refused'), anyNumber), isRetryable)
    assert.deepEqual(await test.cloud.list('spinup-op-refused'), [])
    assert.equal((await test.cloud.create(request('refused'), anyNumber)).status, 'new')
  })

  it('is there when the answer to its create was lost, and found by its tag', async () => {
    await test.cloud.faults.arm({ kind: 'loseAnswer' })
    await assert.rejects(test.cloud.create(request('lost'), anyNumber), isRetryable)
    const [found, ...others] = await test.cloud.list('spinup-op-lost')
    assert.deepEqual(others, [])
    assert.equal((await test.cloud.create(request('lost'), anyNumber)).id, found?.id)
  })

  it('stays new when its boot never ends, and can still be destroyed', async () => {
    await test.cloud.faults.arm({ kind: 'neverBoot' })
    const stuck = await test.cloud.create(request('stuck'), anyNumber)
    const fine = await test.cloud.create(request('fine'), anyNumber)
    await test.active(fine.id)
    assert.equal((await test.cloud.get(stuck.id))?.status, 'new')
    await test.cloud.destroy(stuck.id)
    assert.equal(await test.cloud.get(stuck.id), null)
  })

  it('forgets armed faults when told to', async () => {
    await test.cloud.faults.arm({ kind: 'failCreate' })
    await test.cloud.faults.clear()
    assert.equal((await test.cloud.create(request('cleared'), anyNumber)).status, 'new')
  })
})
