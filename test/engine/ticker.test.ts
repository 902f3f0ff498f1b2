import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { createBalancerWatch } from '../../src/engine/loop/balancer-watch.ts'
import { withPool } from '../../src/engine/session.ts'
import { tickPool } from '../../src/engine/loop/tick.ts'
import { createPoolStore } from '../../src/store/pool-store.ts'
import { keys } from '../../src/store/keys.ts'
import { until } from '../wait.ts'
import { createResponder } from './yard.ts'
import { startRig } from './rig.ts'
import { running } from '../running.ts'

/** As the engine's regular ticks are: not when somebody has just looked. */
const REST_MS = 600

describe('a tick', () => {
  const rig = running(startRig)
  beforeEach(() => rig.reset())

  /** How often the pool’s state is read whole while `work` runs. */
  async function reads(work: () => Promise<void>): Promise<number> {
    const watched = rig.redis.duplicate()
    const monitor = await watched.monitor()
    const seen: string[] = []
    monitor.on('monitor', (_time: string, args: readonly string[]) => seen.push(args.join(' ')))
    await work()
    await rig.redis.echo('over')
    await until(() => seen.includes('echo over'), { what: 'all commands seen' })
    monitor.disconnect()
    watched.disconnect()
    return seen.filter((line) => line.toLowerCase() === `hgetall ${keys.state('web')}`).length
  }
  const tick = (): Promise<void> => tickPool(rig.services, 'web', 0, REST_MS)

  it('reads the pool once, whatever it does', async () => {
    await rig.run(1, 0.4)
    for (const cpu of [0.4, 0.4, 0.97, 0.97, 0.97]) {
      rig.pass(1000)
      await rig.report(cpu)
      assert.equal(await reads(tick), 1, `at CPU ${cpu}`)
    }
    assert.ok((await rig.state()).operations.length > 0, 'and it did')
  })

  it('is left out when any bot has just looked, without reading the pool; not for a nudge', async () => {
    await rig.run(1, 0.4)
    const { lastTickAt } = await rig.state()
    rig.pass(REST_MS - 100)
    assert.equal(await reads(tick), 0)
    assert.equal((await rig.state()).lastTickAt, lastTickAt)
    await tickPool(rig.services, 'web', 0)
    assert.equal((await rig.state()).lastTickAt, lastTickAt + REST_MS - 100)
  })

  for (const [ms, watched] of [
    [-3_600_000, true],
    [-3_600_000, false],
    [3_600_000, true],
    [3_600_000, false],
  ] as const) {
    it(`comes when the clock was set by ${ms} ms, ${watched ? 'seen by a bot' : 'seen by none'}`, async () => {
      await rig.run(1, 0.4)
      rig.setClock(ms, watched)
      await tick()
      assert.equal((await rig.state()).lastTickAt, rig.now())
    })
  }

  it('goes by what another bot has changed since this one looked', async () => {
    await rig.run(1, 0.4)
    const other = { ...rig.services, store: createPoolStore(rig.redis, { now: rig.now, steps: () => 0 }) }
    rig.pass(1000)
    await rig.report(0.4)
    await withPool(other, 'web', 1000, async (session) => {
      const { pool } = session.state()
      session.change({ pool: { ...pool, policy: { ...pool.policy, min: 3, max: 4 } } })
    })
    await tick()
    const { decision, operations } = await rig.state()
    assert.deepEqual([decision?.kind, decision?.to, operations.length], ['scaleOut', 3, 2])
  })

  it('takes nothing that the pool’s former balancer serves for what its new one does', async () => {
    await rig.run(1, 0.4)
    const [door, next] = [rig.door, createResponder()]
    await next.add((await rig.state()).members[0]!.url!)
    const balancer: typeof rig.services.balancer = ({ balancer: name }) => (name === 'next' ? next : door)
    const sights = createBalancerWatch({ uptime: { forMs: () => Infinity } })
    rig.services = { ...rig.services, balancer, balancerWatch: sights }
    const other = { ...rig.services, store: createPoolStore(rig.redis, { now: rig.now, steps: () => 0 }) }
    rig.pass(1000)
    await rig.report(0.4)
    await withPool(other, 'web', 1000, async (session) =>
      session.change({ pool: { ...session.state().pool, balancer: 'next' } }),
    )
    assert.notEqual(rig.services.store.last('web')?.pool.balancer, 'next')
    // The former one knows nobody any more: by it, the origin would have to be hooked on again.
    for (const { url } of await door.list()) await door.remove(url)
    next.calls.length = 0
    await tick()
    assert.deepEqual(next.calls, [], 'nothing was hooked on, taken off or drained')
    await rig.run(1, 0.4)
    assert.deepEqual((await rig.state()).alarms, [])
  })

  it('ends for a pool that another bot has forgotten', async () => {
    await rig.run(1, 0.4)
    await createPoolStore(rig.redis).remove('web')
    rig.pass(1000)
    await tick()
    assert.equal(rig.services.store.last('web'), null)
    await tick()
    assert.equal(await rig.services.store.load('web'), null)
  })
})
