import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { Pool } from '../../src/core/model/pool.ts'
import { saidBootMs } from '../../src/engine/loop/memory.ts'
import { startRig } from './rig.ts'
import { running } from '../running.ts'

describe('how long a clone is said to boot', () => {
  const rig = running(startRig)
  beforeEach(() => rig.reset({ max: 9 }))

  const pool = async (): Promise<Pool> => (await rig.state()).pool
  const says = async (ms: number | null): Promise<void> => {
    const provider = { ...rig.yard, ...(ms === null ? {} : { usualBootMs: ms }) }
    rig.services = { ...rig.services, provider: () => provider }
  }
  const note = async (ms: number, of: Partial<Pool> = {}): Promise<void> => {
    const { tenant = null, provider, clones, dollarsPerHour } = { ...(await pool()), ...of }
    await rig.services.boots.note({ tenant, provider, size: clones.size ?? `$${dollarsPerHour}/h`, ms })
  }
  /** How far ahead the judgement looks, beyond the age of its sample and its own reaction. */
  const looksAhead = async (): Promise<number> => {
    await rig.run(1, 0.4)
    return rig.services.looks.get('web')!.memory.load!.need!.horizonMs - 2000
  }

  it('is what its provider says, or else what fits any', async () => {
    assert.equal(await saidBootMs(rig.services, await pool()), 1000)
    await says(90_000)
    assert.equal(await saidBootMs(rig.services, await pool()), 90_000)
    assert.equal(await looksAhead(), 90_000)
  })

  it('is what the team’s other clones took at that provider, as soon as there are three', async () => {
    await says(90_000)
    for (const ms of [20_000, 22_000]) await note(ms)
    assert.equal(await looksAhead(), 90_000)
    await note(24_000)
    assert.equal(await looksAhead(), 24_000)
    await note(140_000)
    assert.equal(await looksAhead(), 140_000, 'the slowest of few counts')
  })

  it('is that of the same size where there is any, and never another team’s, nor another provider’s', async () => {
    await says(90_000)
    const size = (size: string): Partial<Pool> => ({ clones: { size, region: null } })
    for (const ms of [200_000, 200_000, 200_000]) {
      await note(ms, { tenant: 'T2' })
      await note(ms, { provider: 'other' })
    }
    assert.equal(await looksAhead(), 90_000)
    for (const ms of [50_000, 51_000, 52_000]) await note(ms, size('big'))
    assert.equal(await looksAhead(), 52_000, 'better than what is said of all')
    for (const ms of [20_000, 21_000, 22_000]) await note(ms)
    assert.equal(await looksAhead(), 22_000)
    assert.equal(await saidBootMs(rig.services, { ...(await pool()), ...size('big') }), 52_000)
  })

  it('is learned from every clone that comes in, for the next pool, too', async () => {
    await says(90_000)
    for (const expected of [1, 2, 3]) {
      await rig.ask({ kind: 'up', count: 1 })
      rig.pass(30_000)
      await rig.run(1, 0.4)
      await rig.work()
      await rig.run(1, 0.4)
      const { tenant = null, provider, dollarsPerHour } = await pool()
      const kept = await rig.services.boots.last({ tenant, provider, size: `$${dollarsPerHour}/h` })
      assert.equal(kept.length, expected)
      assert.ok(
        kept.every((ms) => ms >= 30_000 && ms <= 33_000),
        kept.join(', '),
      )
    }
    const said = await saidBootMs(rig.services, { ...(await pool()), id: 'another' })
    assert.ok(said >= 30_000 && said <= 33_000)
  })

  it('stays what is said when the record cannot be read', async () => {
    await says(70_000)
    const broken = async (): Promise<never> => {
      throw new Error('away')
    }
    rig.services = { ...rig.services, boots: { note: broken, last: broken } }
    assert.equal(await looksAhead(), 70_000)
  })
})
