import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { monthOf } from '../../src/core/model/billing.ts'
import { teamBudget } from '../../src/core/pool/budget.ts'
import { endOfMonth } from '../../src/core/policy/rules/cost.ts'
import { examplePool } from '../store/example-state.ts'
import { HERE, startRig } from './rig.ts'
import { running } from '../running.ts'

const HOUR_MS = 3_600_000

describe('the budget of a team', () => {
  const rig = running(startRig)
  beforeEach(async () => {
    await rig.reset({ max: 9 })
    const { store } = rig.services
    await store.create(examplePool({ id: 'api', name: 'api', dollarsPerHour: 0.01, createdAt: rig.now() + 1000 }))
    await store.create(examplePool({ id: 'theirs', name: 'theirs', tenant: 'slack:T2', dollarsPerHour: 50 }))
  })

  /** What both minimums cost until the month is over, and `more` dollars. */
  const setBudget = async (more: number): Promise<void> => {
    const { pool } = await rig.state()
    const hours = (endOfMonth(rig.now()) - rig.now()) / HOUR_MS
    await rig.services.team.setBudget(null, (pool.dollarsPerHour + 0.01) * hours + more)
  }
  const crowd = async (): Promise<void> => {
    for (let second = 0; second < 60; second++) {
      await rig.run(1, 0.98)
      await rig.work()
    }
  }
  const size = async (): Promise<number> => (await rig.state()).members.length

  it('lets one pool grow no further than what the others’ minimums leave', async () => {
    await setBudget(2.5 * (await rig.state()).pool.dollarsPerHour)
    await crowd()
    assert.equal(await size(), 3)
    const { decision } = await rig.state()
    assert.equal(decision?.rule, 'budget')
    assert.match(decision?.reason ?? '', /of the team’s \$[\d.]+ for this month is spent/)
  })

  it('holds for what people ask for, in words', async () => {
    await setBudget(0.5 * (await rig.state()).pool.dollarsPerHour)
    await rig.run(2, 0.3)
    await rig.services.team.use(HERE, 'web')
    const pin = { kind: 'pin', count: 2, forMs: HOUR_MS, reason: '' } as const
    await assert.rejects(rig.ask(pin), /team’s limit of \$[\d.]+ for this month/)
  })

  it('is no limit once it is off, and another team’s pools count for nothing', async () => {
    await setBudget(0)
    await rig.run(2, 0.3)
    await rig.services.team.setBudget(null, null)
    await crowd()
    assert.ok((await size()) > 3)
  })

  it('counts what pools that are disconnected by now cost this month, once', async () => {
    const gone = examplePool({ id: 'old', name: 'old' })
    const month = monthOf(rig.now())
    await setBudget(2.5 * (await rig.state()).pool.dollarsPerHour)
    for (let twice = 0; twice < 2; twice++) await rig.services.team.keepSpent(gone, month, 0.01)
    await rig.services.team.keepSpent({ ...gone, createdAt: 1 }, month, 0.02)
    await rig.services.team.keepSpent({ ...gone, tenant: 'slack:T2' }, month, 9)
    await rig.run(2, 0.3)
    assert.ok(Math.abs((await rig.state()).upkeep.team!.spent - 0.03) < 1e-9)
    assert.equal(await rig.services.team.spentBefore(null, '2026-01'), 0)
    // What a look counts is written every ten seconds.
    await rig.run(25, 0.3)
    await rig.ask({ kind: 'disconnect', confirm: 'web' })
    while ((await rig.services.store.load('web')) !== null) await rig.tick()
    assert.equal(await rig.services.store.load('web'), null)
    assert.ok((await rig.services.team.spentBefore(null, month)) > 0.03, 'its own cost is kept')
  })

  it('reserves nothing for a pool that is leaving, and is warned of by one that is judged', async () => {
    const api = (await rig.services.store.load('api'))!
    const web = await rig.state()
    const leaving = { ...api, pool: { ...api.pool, phase: 'disconnecting' as const } }
    const early = { ...api, pool: { ...api.pool, phase: 'connecting' as const } }
    assert.equal(teamBudget(100, 0, [leaving, web], 'web', rig.now())?.reserved, 0)
    assert.ok(teamBudget(100, 0, [api, web], 'web', rig.now())!.reserved > 0)
    assert.equal(teamBudget(100, 0, [early, web], 'web', rig.now())?.warns, true)
    assert.equal(teamBudget(100, 0, [api, web], 'web', rig.now())?.warns, false)
  })

  it('is warned of by one pool, at 80 % and when it is spent', async () => {
    const warnings = async (): Promise<readonly string[]> =>
      (await rig.views('answer')).map(({ title }) => title).filter((title) => title.includes('all pools'))
    await rig.services.team.setBudget(null, 0.000_01)
    await rig.run(120, 0.3)
    const [nearly, spent, ...more] = await warnings()
    assert.match(nearly ?? '', /^8\d % of September’s money for all pools is spent/)
    assert.match(spent ?? '', /^September’s money for all pools is spent/)
    assert.deepEqual(more, [])
  })
})
