import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { SpinupError } from '../../src/core/model/error.ts'
import { createBalancerWatch, createUptime } from '../../src/engine/loop/balancer-watch.ts'
import { withPool } from '../../src/engine/session.ts'
import { keys } from '../../src/store/keys.ts'
import { until } from '../wait.ts'
import { startRig } from './rig.ts'
import { running } from '../running.ts'

describe('looking at the balancer', () => {
  const rig = running(startRig)
  beforeEach(() => rig.reset({ mode: 'observe' }))

  /** A balancer that answers when it is let. */
  const slow = (): { let: () => void; asked: () => number } => {
    const list = rig.door.list
    const waiting: (() => void)[] = []
    let asked = 0
    rig.door.list = async () => {
      asked++
      await new Promise<void>((resolve) => waiting.push(resolve))
      return list()
    }
    return { let: () => waiting.splice(0).forEach((go) => go()), asked: () => asked }
  }

  it('holds up no tick: a slow one goes on with what was seen last, and says so when that is old', async () => {
    rig.services = {
      ...rig.services,
      balancerWatch: createBalancerWatch({ patienceMs: 20, uptime: { forMs: () => Infinity } }),
    }
    await rig.run(1, 0.4)
    const seen = (await rig.state()).lastTickAt
    const balancer = slow()
    await rig.run(20, 0.4)
    assert.equal((await rig.state()).lastTickAt, seen + 20_000, 'ticks go on')
    assert.equal(balancer.asked(), 1, 'one look at a time')
    assert.deepEqual(await rig.views('alert'), [])
    await rig.run(20, 0.4)
    const [alert] = await rig.views('alert')
    assert.deepEqual([alert?.title, alert?.state], ['The balancer is unreachable', 'active'])
    assert.match(alert!.text, /not answered for over 30 s/)
    balancer.let()
    await until(
      async () => {
        balancer.let()
        await rig.run(1, 0.4)
        return (await rig.views('alert'))[0]?.state === 'resolved'
      },
      { what: 'the balancer seen again' },
    )
  })

  for (const ms of [-3_600_000, 3_600_000]) {
    it(`goes by no sight that is old because the clock was set by ${ms} ms, and looks on`, async () => {
      await rig.run(1, 0.4)
      const calls = { looks: 0 }
      const list = rig.door.list
      rig.door.list = () => {
        calls.looks++
        return list()
      }
      rig.setClock(ms)
      await rig.run(3, 0.4)
      assert.ok(calls.looks > 0, 'it looks')
      rig.services = {
        ...rig.services,
        balancerWatch: createBalancerWatch({ patienceMs: 20, uptime: { forMs: () => Infinity } }),
      }
      await rig.run(1, 0.4)
      slow()
      rig.setClock(ms)
      await rig.run(40, 0.4)
      const alerts = (await rig.views('alert')).filter(({ state }) => state === 'active')
      assert.ok(alerts.some(({ title }) => title === 'The balancer is unreachable'))
    })
  }

  it('says nothing of a look that fails once: the next one follows soon', async () => {
    const list = rig.door.list
    rig.door.list = () => Promise.reject(new SpinupError('balancerFailed', 'It is being restarted.'))
    await rig.run(1, 0.4)
    rig.door.list = list
    await rig.run(20, 0.4)
    assert.deepEqual(await rig.views('alert'), [])
  })

  it('asks a slow one less often', async () => {
    let asked = 0
    const list = rig.door.list
    rig.door.list = async () => {
      asked++
      rig.pass(300)
      return list()
    }
    for (let second = 0; second < 60; second++) await rig.run(1, 0.4)
    assert.ok(asked >= 8 && asked <= 12, `asked ${asked} times in a minute`)
  })

  it('blames the balancer for no failure of Spinup’s own Redis', async () => {
    await rig.run(1, 0.4)
    const { series } = rig.services
    const gone = new SpinupError('storeFailed', 'Redis could not read the newest samples (Command timed out).')
    const list = rig.door.list
    for (const where of ['samples', 'balancer'] as const) {
      if (where === 'samples')
        rig.services = { ...rig.services, series: { ...series, latest: () => Promise.reject(gone) } }
      else rig.door.list = () => Promise.reject(gone)
      for (let second = 0; second < 40; second++) {
        rig.pass(1000)
        await assert.rejects(rig.tick(), { code: 'storeFailed' })
      }
      rig.services = { ...rig.services, series }
      rig.door.list = list
      await rig.run(2, 0.4)
      assert.deepEqual(await rig.views('alert'), [], where)
    }
  })

  it('looks again when it stood still meanwhile, and believes what it sees then', async () => {
    let forMs = 0
    const list = rig.door.list
    let looks = 0
    rig.services = { ...rig.services, balancerWatch: createBalancerWatch({ uptime: { forMs: () => forMs } }) }
    rig.door.list = async () => {
      looks++
      if (looks === 2) forMs = Infinity
      if (looks === 1) throw new SpinupError('balancerFailed', 'The balancer cannot be reached.')
      return list()
    }
    await rig.run(2, 0.4)
    assert.equal(looks, 3, 'twice in the first second')
    assert.deepEqual(await rig.views('alert'), [])

    forMs = 0
    rig.door.list = () => Promise.reject(new SpinupError('balancerFailed', 'The balancer cannot be reached.'))
    await rig.run(2, 0.4)
    assert.equal((await rig.views('alert'))[0]?.state, 'active', 'a machine that always stands still goes on too')
  })

  it('calls nobody silent before it has listened for long enough', async () => {
    let forMs = 30_000
    rig.services = { ...rig.services, balancerWatch: createBalancerWatch({ uptime: { forMs: () => forMs } }) }
    await rig.run(1, 0.4)
    rig.pass(600_000)
    await rig.tick()
    assert.deepEqual(await rig.views('alert'), [], 'it slept, and so heard nobody')
    forMs = 40_000
    await rig.tick()
    assert.equal((await rig.views('alert'))[0]?.title, 'web-1 is silent')
    forMs = 0
    await rig.tick()
    assert.equal((await rig.views('alert'))[0]?.state, 'active', 'it is not called well for nothing, either')
  })

  it('knows a break by timers that come late', async () => {
    const awake = createUptime(60)
    await until(() => awake.forMs() > 100, { what: 'a while without a break' })
    const end = performance.now() + 80
    while (performance.now() < end);
    assert.ok(awake.forMs() < 60, `awake for ${awake.forMs()} ms`)
  })

  it('is not needed for the lock to last: who holds it and is slow keeps it', async () => {
    await withPool(rig.services, 'web', 0, async (session) => {
      await rig.redis.pexpire(keys.lock('web'), 1500)
      await until(async () => (await rig.redis.pttl(keys.lock('web'))) > 2000, { what: 'the lock renewed' })
      session.change({ nextMember: 7 })
    })
    assert.equal((await rig.state()).nextMember, 7)
  })
})
