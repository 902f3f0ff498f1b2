import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { createSights } from '../../src/engine/sights.ts'
import { withPool } from '../../src/engine/session.ts'
import { keys } from '../../src/store/keys.ts'
import { until } from '../wait.ts'
import { startRig, type Rig } from './rig.ts'

describe('looking at the balancer', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.stop())
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
    rig.services = { ...rig.services, sights: createSights(20) }
    await rig.run(1, 0.4)
    const seen = (await rig.state()).lastTickAt
    const balancer = slow()
    await rig.run(20, 0.4)
    assert.equal((await rig.state()).lastTickAt, seen + 20_000, 'ticks go on')
    assert.equal(balancer.asked(), 1, 'one look at a time')
    assert.deepEqual(await rig.views('alert'), [])
    await rig.run(20, 0.4)
    const [alert] = await rig.views('alert')
    assert.deepEqual([alert?.title, alert?.state], ['The balancer is out of reach', 'active'])
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

  it('is not needed for the lock to last: who holds it and is slow keeps it', async () => {
    await withPool(rig.services, 'web', 0, async (session) => {
      await rig.redis.pexpire(keys.lock('web'), 1500)
      await until(async () => (await rig.redis.pttl(keys.lock('web'))) > 2000, { what: 'the lock renewed' })
      session.change({ nextMember: 7 })
    })
    assert.equal((await rig.state()).nextMember, 7)
  })
})
