import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { PoolState } from '../../src/core/pool/state.ts'
import { runOperation } from '../../src/engine/operations/run.ts'
import { createPoolStore } from '../../src/store/pool-store.ts'
import { until } from '../wait.ts'
import { startRig } from './rig.ts'
import { running } from '../running.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const YEARS = 40 * 365 * 24 * HOUR
const settled = { scaleInWindowMs: 86_400_000, scaleOutCooldownMs: 0, windowMs: 4000, max: 6 } as const

/** What may happen to a clock; the last two while no bot looks, so that nobody knows by how much. */
const SETTINGS: readonly (readonly [string, number, boolean])[] = [
  ['set back by an hour', -HOUR, true],
  ['set forward by an hour', HOUR, true],
  ['set back by ten seconds', -10_000, true],
  ['set back to 1986', -YEARS, true],
  ['set forward by years', YEARS, true],
  ['set back by an hour while no bot ran', -HOUR, false],
  ['set back to 1986 while no bot ran', -YEARS, false],
]

describe('a clock that is set', () => {
  const rig = running(startRig)
  beforeEach(() => rig.reset(settled))

  /** Everything of the pool that a person would see as a time that is yet to come, or as a negative stretch. */
  const ahead = ({ members, operations, lastTickAt, memory }: PoolState): readonly string[] => {
    const now = rig.now()
    return [
      ...members.filter(({ phaseAt }) => phaseAt > now).map(({ id }) => id),
      ...operations.filter(({ stepAt, startedAt }) => stepAt > now || startedAt > now).map(({ id }) => id),
      ...(lastTickAt > now ? ['lastTickAt'] : []),
      ...memory.changes.filter((at) => at > now).map(() => 'changes'),
      ...((memory.load?.at ?? 0) > now ? ['load'] : []),
    ]
  }

  /** Works on the one operation while `work` goes on; it starts again when it is lost, as the queue would have it. */
  const working = async (work: () => Promise<void>): Promise<void> => {
    const stopping = new AbortController()
    const { id } = (await rig.state()).operations[0]!
    const run = async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        const outcome = await runOperation(rig.services, 'web', id, {
          signal: stopping.signal,
          changed: () => undefined,
        })
        if (outcome !== 'lost') return
      }
    }
    const running = run()
    try {
      await work()
    } finally {
      stopping.abort()
      await running
    }
  }
  const step = async (): Promise<string> => (await rig.state()).operations[0]?.step ?? 'none'
  /** The operation has looked again since. */
  const looked = async (): Promise<void> => {
    const version = (await rig.state()).operations[0]?.version ?? 0
    await until(async () => ((await rig.state()).operations[0]?.version ?? Infinity) > version + 3, { what: 'a look' })
  }

  for (const [how, ms, watched] of SETTINGS) {
    it(`${how} during a boot: the clone has its time, and no more than that`, async () => {
      rig.yard.after = () => {
        for (const [id, droplet] of rig.yard.droplets) {
          if (droplet.name !== 'web') rig.yard.droplets.set(id, { ...droplet, status: 'new' })
        }
      }
      await rig.ask({ kind: 'up', count: 1 })
      await working(async () => {
        await until(async () => (await step()) === 'boot', { what: 'the boot' })
        rig.pass(2 * MINUTE)
        await looked()
        rig.setClock(ms, watched)
        await rig.tick()
        assert.deepEqual(ahead(await rig.state()), [])
        await looked()
        const { members, operations } = await rig.state()
        assert.deepEqual([members[1]?.phase, operations[0]?.failure], ['booting', null])
        const age = rig.now() - members[1]!.phaseAt
        assert.ok(watched ? age === 2 * MINUTE : age === 0, `booting for ${age} ms`)
        rig.pass(watched ? 2 * MINUTE : 4 * MINUTE)
        await looked()
        assert.equal((await rig.state()).operations[0]?.failure, null, 'its five minutes are not over')
        rig.pass(MINUTE + 1000)
        await until(async () => (await rig.state()).operations[0]?.state.kind === 'failed', { what: 'the end of it' })
      })
      assert.deepEqual(rig.yard.calls.filter((call) => call.startsWith('destroy')).length, 1)
    })

    it(`${how} during a drain: requests in flight are waited for as long as ever`, async () => {
      await rig.grow(1)
      const clone = (await rig.state()).members[1]!
      rig.door.drain = async (url) => {
        rig.door.backends.set(url, { ...rig.door.backends.get(url)!, state: 'draining', inFlight: 3 })
      }
      await rig.ask({ kind: 'down', count: 1 })
      await working(async () => {
        await until(async () => (await step()) === 'idle', { what: 'the drain' })
        rig.pass(4 * MINUTE)
        await looked()
        rig.setClock(ms, watched)
        await rig.tick()
        assert.deepEqual(ahead(await rig.state()), [])
        rig.pass(watched ? 5 * MINUTE : 9 * MINUTE)
        await looked()
        assert.ok(rig.door.backends.has(clone.url!), 'it is still drained')
        rig.pass(MINUTE + 1000)
        await until(async () => (await rig.state()).operations[0]?.state.kind === 'done', { what: 'the end of it' })
      })
    })

    it(`${how} while a question is open: it is open for as long as it would have been`, async () => {
      await rig.reset({ ...settled, mode: 'approve', approvalMs: 10 * MINUTE })
      await rig.run(10, 0.9)
      const asked = (await rig.state()).approvals
      assert.equal(asked[0]?.state, 'open')
      rig.setClock(ms, watched)
      await rig.run(30, 0.9)
      const { approvals, members } = await rig.state()
      assert.deepEqual([approvals.length, approvals[0]?.state, members.length], [1, 'open', 1])
      const leftMs = approvals[0]!.deadlineAt - rig.now()
      assert.ok(leftMs > 9 * MINUTE && leftMs <= 10 * MINUTE, `${leftMs} ms left`)
    })

    it(`${how}: pins, protections and a pause last as long as they would have`, async () => {
      await rig.grow(1)
      await rig.ask({ kind: 'pin', count: 2, forMs: 30 * MINUTE, reason: '' })
      await rig.ask({ kind: 'protect', member: 'web-2', forMs: 30 * MINUTE, reason: '' })
      await rig.ask({ kind: 'pause', forMs: 30 * MINUTE, reason: '' })
      rig.setClock(ms, watched)
      await rig.tick()
      rig.pass(29 * MINUTE)
      await rig.tick()
      const during = await rig.state()
      assert.ok(during.pin !== null && during.pause !== null && during.protections['web-2'] !== undefined)
      rig.pass(MINUTE + 1000)
      await rig.tick()
      const then = await rig.state()
      assert.deepEqual([then.pin, then.pause, then.protections], [null, null, {}])
    })

    it(`${how}: the pool is judged on, and waits no longer after a change than it says`, async () => {
      await rig.reset({ ...settled, scaleOutCooldownMs: 2 * MINUTE })
      await rig.run(10, 0.9)
      assert.equal((await rig.state()).members.length, 2)
      await rig.work()
      await rig.run(5, 0.9)
      rig.setClock(ms, watched)
      await rig.run(20, 0.95)
      const state = await rig.state()
      assert.deepEqual(ahead(state), [])
      assert.ok(rig.now() - state.lastTickAt < 2000, 'it is ticked')
      assert.equal(state.members.length, 2, 'not before the pause after a change is over')
      await rig.run(150, 0.95, 3)
      assert.ok((await rig.state()).members.length > 2, 'and not long after')
    })
  }

  for (const [how, ms, watched] of SETTINGS.filter(([, by]) => Math.abs(by) === HOUR)) {
    it(`${how}: a pool that is quiet shrinks when it would have, and an hour costs what it did`, async () => {
      await rig.reset({ scaleInWindowMs: 20_000, scaleInCooldownMs: 5000, windowMs: 4000, max: 6 })
      await rig.grow(2)
      await rig.run(20, 0.55)
      // Without a clock being set it shrinks in the 28th second.
      await rig.run(18, 0.05)
      assert.equal((await rig.state()).operations.length, 0)
      const spent = (): number => rig.services.looks.get('web')!.memory.load!.spend.dollars
      const before = spent()
      rig.setClock(ms, watched)
      await rig.run(1, 0.05)
      // Three droplets for a second, or for the ten between two writes of what is remembered.
      const cost = spent() - before
      assert.ok(Math.abs(cost) < (3 * 0.006 * 11) / 3600, `a second cost $${cost}`)
      let seconds = 1
      for (; seconds < 300 && (await rig.state()).operations.length === 0; seconds++) await rig.run(1, 0.05)
      assert.ok(seconds > 2 && seconds < 60, `after ${seconds} s`)
    })
  }

  it('that was set and set right again leaves everything as if nothing had been', async () => {
    await rig.grow(2)
    await rig.ask({ kind: 'pin', count: 3, forMs: 2 * HOUR, reason: '' })
    await rig.run(12, 0.5)
    const before = await rig.state()
    rig.setClock(-HOUR)
    await rig.tick()
    rig.setClock(HOUR)
    await rig.tick()
    const after = await rig.state()
    assert.deepEqual(after.members, before.members)
    assert.deepEqual(after.pin, before.pin)
    assert.deepEqual(after.memory.changes, before.memory.changes)
    assert.equal(after.lastTickAt, before.lastTickAt)
  })

  it('is followed once by two bots, also when one hears of it later', async () => {
    await rig.ask({ kind: 'pin', count: 1, forMs: HOUR, reason: '' })
    await rig.tick()
    const { pin } = await rig.state()
    const late = createPoolStore(rig.redis, { now: rig.now, steps: () => 0 })
    const expiresAt = pin!.expiresAt
    rig.setClock(HOUR)
    await rig.tick()
    assert.equal((await rig.state()).pin?.expiresAt, expiresAt + HOUR)
    assert.equal((await late.load('web'))?.pin?.expiresAt, expiresAt, 'as its own clock still has it')
    await rig.tick()
    assert.equal((await rig.state()).pin?.expiresAt, expiresAt + HOUR)
  })

  it('keeps no operation from being carried on by times that are not right yet', async () => {
    await rig.ask({ kind: 'up', count: 1 })
    const [operation] = (await rig.state()).operations
    const guard = { kind: 'operation', id: operation!.id, version: operation!.version } as const
    const change = { operations: { put: [{ ...operation!, version: operation!.version + 1 }] } }
    await rig.tick()
    rig.setClock(HOUR)
    const { store } = rig.services
    assert.equal(await store.commit('web', guard, { change }), false, 'before anyone has put them right')
    await rig.tick()
    assert.equal(await store.commit('web', guard, { change }), false, 'nor by whoever holds it as it was')
    const [fresh] = (await rig.state()).operations
    assert.deepEqual(await rig.work(), ['finished'])
    assert.equal(fresh?.stepAt, operation!.stepAt + HOUR)
  })

  it('is told in chat, with by how much, and so is a machine whose clock is off; and in the end that it is over', async () => {
    await rig.run(2, 0.4)
    rig.setClock(-HOUR)
    await rig.run(2, 0.4)
    const [set] = await rig.views('alert')
    assert.equal(set?.title, 'The clock was set back by 1 h')
    assert.equal(set.state, 'active')
    assert.match(set.fix ?? '', /set-ntp/)
    rig.trouble({ off: [{ host: 'bot-2', offMs: 3_586_438 }], set: null })
    await rig.run(2, 0.4)
    const off = (await rig.views('alert')).find(({ state }) => state === 'active')
    assert.match(`${off?.title} ${off?.text}`, /clock is off.* bot-2 is 59 min 46 s ahead of Redis’s/)
    rig.trouble({ off: [], set: null })
    await rig.run(2, 0.4)
    assert.deepEqual(
      (await rig.views('alert')).filter(({ state }) => state === 'active'),
      [],
    )
  })
})
