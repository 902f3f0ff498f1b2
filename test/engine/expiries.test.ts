import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { startRig } from './rig.ts'
import { running } from '../running.ts'

const MINUTE = 60_000

describe('what people set for a time', () => {
  const rig = running(startRig)
  beforeEach(() => rig.reset({ scaleInWindowMs: 86_400_000 }))
  const told = async (): Promise<readonly string[]> => (await rig.views('answer')).map((view) => view.title)

  it('lapses at its time, not before, and the channel is told once', async () => {
    await rig.grow(1)
    await rig.ask({ kind: 'pin', count: 2, forMs: MINUTE, reason: 'launch' })
    await rig.ask({ kind: 'pause', forMs: MINUTE, reason: '' })
    await rig.ask({ kind: 'protect', member: 'web-2', forMs: MINUTE, reason: '' })
    await rig.run(59, 0.3)
    assert.deepEqual(await told(), [])
    assert.ok((await rig.state()).pin !== null)
    await rig.run(1, 0.3)
    const lapsed = ['Pin at 2 members expired', 'Pause expired', 'Protection of web-2 expired']
    assert.deepEqual((await told()).toSorted(), lapsed.toSorted())
    const state = await rig.state()
    assert.deepEqual([state.pin, state.pause, state.protections], [null, null, {}])
    const journal = await rig.services.store.journal('web', 3)
    assert.deepEqual(journal.map((line) => line.what).toSorted(), lapsed.toSorted())
    assert.ok(journal.every((line) => line.outcome === 'set by Ada'))
    await rig.run(5, 0.3)
    assert.deepEqual((await told()).toSorted(), lapsed.toSorted())
    assert.equal((await rig.services.store.journal('web', 100)).length, 6, 'three set, three lapsed')
  })

  it('stays when it has no end', async () => {
    await rig.grow(1)
    await rig.ask({ kind: 'pause', forMs: null, reason: '' })
    await rig.ask({ kind: 'protect', member: 'web-2', forMs: null, reason: '' })
    rig.pass(365 * 24 * 60 * MINUTE)
    await rig.tick()
    const state = await rig.state()
    assert.ok(state.pause !== null && state.protections['web-2'] !== undefined)
    assert.deepEqual(await told(), [])
  })

  it('says so for each pin of the same size', async () => {
    for (let round = 0; round < 2; round++) {
      await rig.ask({ kind: 'pin', count: 1, forMs: 5000, reason: '' })
      await rig.run(6, 0.3)
    }
    assert.deepEqual(await told(), ['Pin at 1 member expired', 'Pin at 1 member expired'])
  })
})
