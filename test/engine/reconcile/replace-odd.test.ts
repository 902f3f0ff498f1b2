import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NOTHING_FOUND, type Oddity } from '../../../src/core/model/finding.ts'
import type { Policy } from '../../../src/core/model/policy.ts'
import { EMPTY_LOAD } from '../../../src/core/policy/notice.ts'
import { ada } from '../../store/example-state.ts'
import { startRig } from '../rig.ts'
import { running } from '../../running.ts'

const DEAR: Oddity = { how: 'dear', value: 0.034, others: 0.01 }

describe('a clone that is not like the others', () => {
  const rig = running(startRig)

  /** The origin and two clones that stay, whatever the load. */
  const pool = async (policy: Partial<Policy>): Promise<void> => {
    await rig.reset({ min: 3, max: 5, replaceSick: 'on', scaleInWindowMs: 86_400_000, ...policy })
    await rig.grow(2)
    await rig.run(2, 0.4)
  }
  /** As if that had been found just now; null: it is over. */
  const odd = async (memberId: string, what: Oddity | null): Promise<void> => {
    const load = rig.services.looks.get('web')?.memory.load ?? EMPTY_LOAD
    const found = {
      finding: { kind: 'member', memberId, odd: what ?? DEAR },
      seenAt: rig.now(),
      since: 0,
      raisedAt: 1,
    } as const
    const standing = what === null ? {} : { [`member:${memberId}`]: found }
    rig.services.looks.delete('web')
    const { memory } = await rig.state()
    await rig.change({ memory: { ...memory, load: { ...load, found: { ...NOTHING_FOUND, standing } } } })
  }
  /** Works off what is under way, until nothing is. */
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 6; round++) {
      await rig.run(1, 0.4)
      await rig.work()
    }
    await rig.run(1, 0.4)
  }
  const serving = async (): Promise<readonly string[]> =>
    (await rig.state()).members.filter(({ phase }) => phase === 'inService').map(({ id }) => id)
  const changes = (): readonly string[] => rig.yard.calls.filter((call) => /^(create|destroy)/.test(call))

  for (const [what, oddity] of [
    ['its requests cost several times as much', DEAR],
    ['its host takes its CPU', { how: 'stolen', value: 0.3 }],
    ['it is slow', { how: 'slow', value: 2, others: 0.1, cpu: 0.2 }],
    ['its balancer sees nothing of its load', { how: 'disagrees', rps: 1, others: 20, latency: null }],
  ] as const) {
    it(`is replaced, the new one first: ${what}`, async () => {
      await pool({})
      const before = (await rig.state()).members.find(({ id }) => id === 'web-2')!
      await odd('web-2', oddity)
      await rig.run(1, 0.4)
      assert.deepEqual(await serving(), ['web-1', 'web-2', 'web-3'], 'it serves until the other does')
      await settle()
      assert.deepEqual(await serving(), ['web-1', 'web-3', 'web-4'])
      assert.deepEqual(changes(), ['create web-4', `destroy ${before.dropletId}`])
      const told = (await rig.views('episode')).map(({ reason }) => reason)
      assert.match(told.join(' '), /web-2 .*; another takes its place\./)
      assert.match(told.join(' '), /web-2 .*; web-4 has taken its place\./)
    })
  }

  it('is only named unless the policy says so, people decide, or there is no room', async () => {
    for (const policy of [{ replaceSick: 'off' }, { mode: 'observe' }, { mode: 'approve' }, { max: 3 }] as const) {
      await pool(policy)
      await odd('web-2', DEAR)
      await settle()
      assert.deepEqual(changes(), [], JSON.stringify(policy))
      assert.ok((await rig.views('alert')).some(({ title }) => title === 'web-2 is not like the others'))
    }
  })

  it('is never the origin, one that is protected, or one that the pool was paused with', async () => {
    await pool({})
    await odd('web-1', DEAR)
    await settle()
    assert.deepEqual(changes(), [])
    await pool({})
    await rig.change({
      protections: { 'web-2': { owner: ada, reason: 'a test runs', at: rig.now(), expiresAt: null } },
    })
    await odd('web-2', DEAR)
    await settle()
    assert.deepEqual(changes(), [])
    await pool({})
    await rig.change({ pause: { owner: ada, reason: '', at: rig.now(), expiresAt: null } })
    await odd('web-2', DEAR)
    await settle()
    assert.deepEqual(changes(), [])
  })

  it('stays when it has recovered, or was protected, by the time the other serves', async () => {
    for (const meanwhile of ['recovered', 'protected'] as const) {
      await pool({})
      await odd('web-2', DEAR)
      await rig.run(1, 0.4)
      if (meanwhile === 'recovered') await odd('web-2', null)
      else await rig.ask({ kind: 'protect', member: 'web-2', forMs: null, reason: 'mine' })
      await settle()
      assert.ok((await serving()).includes('web-2'), meanwhile)
    }
  })

  it('is one at a time, and the next no sooner than half an hour later', async () => {
    await pool({})
    await odd('web-2', DEAR)
    await settle()
    await odd('web-3', DEAR)
    await settle()
    assert.equal(changes().filter((call) => call.startsWith('create')).length, 1)
    rig.pass(30 * 60_000)
    await rig.run(1, 0.4)
    await odd('web-3', DEAR)
    await settle()
    assert.deepEqual(await serving(), ['web-1', 'web-4', 'web-5'])
  })
})
