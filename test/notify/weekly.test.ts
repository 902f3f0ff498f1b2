import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { destinationOf } from '../../src/core/model/platforms.ts'
import type { SummaryView } from '../../src/core/model/view.ts'
import { poolsSeen } from '../../src/engine/reports/live.ts'
import { tellWeekly, type Summarise, type WeeklyFacts } from '../../src/notify/schedule.ts'
import { exampleViews } from '../example-views.ts'
import { ada, examplePool, T } from '../store/example-state.ts'
import { startRig } from '../engine/rig.ts'
import { OPS, THEIRS } from './stage.ts'
import { running } from '../running.ts'

const HOUR = 3600_000
const WEEK = 7 * 24 * HOUR

describe('the weekly summary', () => {
  const rig = running(startRig)
  let asked: (readonly [string, number, number])[]
  beforeEach(async () => {
    await rig.reset()
    asked = []
    // A Saturday in September.
    rig.pass(Date.parse('2026-09-26T12:00:00Z') - T)
    await rig.ask({ kind: 'notify', choice: { kind: 'level', level: 'all' } }, ada, OPS)
    const at = { weekday: 1, minute: 9 * 60 }
    await rig.ask({ kind: 'notify', choice: { kind: 'weekly', at, timeZone: 'Europe/Berlin' } }, ada, OPS)
  })
  const summarise: Summarise = async ({ pool }, fromAt, toAt) => {
    asked.push([pool.name, fromAt, toAt])
    return { ...exampleViews(T).summary, pool: pool.name, fromAt, toAt }
  }
  const facts = (how: Summarise): WeeklyFacts => ({
    notices: rig.services.notices,
    poolsOf: (tenant) => poolsSeen(rig.services, tenant),
    summarise: how,
  })
  const lookAt = async (time: string): Promise<void> => {
    rig.pass(Date.parse(time) - rig.now())
    await tellWeekly(facts(summarise), rig.now())
  }
  const cards = async (destination: string): Promise<readonly SummaryView[]> => {
    const found: SummaryView[] = []
    await rig.services.outbox.deliver(destination, async ({ view }) => {
      if (view.kind === 'summary') found.push(view)
    })
    return found
  }

  it('comes again in time after a clock was years ahead, or stepped back over its time', async () => {
    await lookAt('2061-10-05T07:00:00Z')
    asked.length = 0
    await lookAt('2026-09-26T12:00:01Z')
    assert.deepEqual(asked, [], 'not for a week that was told')
    await lookAt('2026-09-28T07:00:00Z')
    assert.equal(asked.length, 1)
    await lookAt('2026-09-28T06:00:00Z')
    await lookAt('2026-09-28T07:00:00Z')
    assert.equal(asked.length, 1, 'once')
    await lookAt('2026-10-05T07:00:00Z')
    assert.equal(asked.length, 2)
  })

  it('comes when its time has come, once, of the week before it', async () => {
    await lookAt('2026-09-26T12:00:01Z')
    await lookAt('2026-09-28T06:59:59Z')
    assert.deepEqual(asked, [])
    await lookAt('2026-09-28T07:00:00Z')
    await lookAt('2026-09-28T07:00:01Z')
    await lookAt('2026-09-30T07:00:00Z')
    const at = Date.parse('2026-09-28T07:00:00Z')
    assert.deepEqual(asked, [['web', at - WEEK, at]])
    assert.equal((await cards(destinationOf(OPS))).length, 1)
    assert.equal((await cards('console:main')).length, 1)
    await lookAt('2026-10-05T07:00:00Z')
    assert.equal((await cards(destinationOf(OPS))).length, 1)
  })

  it('comes in the other channels though it cannot be made for one', async () => {
    const other = { ...OPS, channel: 'C9' }
    await rig.ask({ kind: 'notify', choice: { kind: 'level', level: 'all' } }, ada, other)
    const at = { weekday: 1, minute: 9 * 60 }
    await rig.ask({ kind: 'notify', choice: { kind: 'weekly', at, timeZone: 'Europe/Berlin' } }, ada, other)
    rig.pass(Date.parse('2026-09-28T07:00:00Z') - rig.now())
    let first = true
    const once: Summarise = async (...args) => {
      if (first) {
        first = false
        throw new Error('no history')
      }
      return summarise(...args)
    }
    await assert.rejects(tellWeekly(facts(once), rig.now()), /no history/)
    const told = async (): Promise<readonly number[]> =>
      Promise.all([OPS, other].map(async (place) => (await cards(destinationOf(place))).length))
    assert.deepEqual((await told()).toSorted(), [0, 1])
    await tellWeekly(facts(once), rig.now())
    assert.deepEqual((await told()).toSorted(), [0, 1], 'and in that one as soon as it can')
  })

  it('comes late when the bot was away, though not days late', async () => {
    await lookAt('2026-09-28T20:00:00Z')
    assert.equal(asked.length, 1)
    await lookAt('2026-10-07T07:00:00Z')
    assert.equal(asked.length, 1)
    await lookAt('2026-10-12T07:00:00Z')
    assert.equal(asked.length, 2)
  })

  it('is one card also when two bots tell it, or one died before it noted that it had', async () => {
    rig.pass(Date.parse('2026-09-28T07:00:00Z') - rig.now())
    const { notices } = rig.services
    const forgetful = { ...notices, change: async () => null }
    await tellWeekly({ ...facts(summarise), notices: forgetful }, rig.now())
    await Promise.all([1, 2].map(() => tellWeekly(facts(summarise), rig.now())))
    const found = await cards(destinationOf(OPS))
    assert.equal(found.length, 1)
    assert.equal(asked.length, 3)
  })

  it('is of the pools of its team alone, and stops when it is set off', async () => {
    await rig.services.store.create(examplePool({ id: 'theirs', name: 'theirs', tenant: THEIRS.tenant }))
    const at = { weekday: 1, minute: 10 * 60 }
    await rig.ask({ kind: 'notify', choice: { kind: 'weekly', at, timeZone: 'Europe/Berlin' } }, ada, THEIRS)
    await rig.ask({ kind: 'notify', choice: { kind: 'weekly', at: null, timeZone: null } }, ada, OPS)
    await lookAt('2026-09-28T08:00:00Z')
    assert.deepEqual(
      asked.map(([pool]) => pool),
      ['theirs'],
    )
    assert.deepEqual(await cards('console:main'), [])
    assert.equal((await cards(destinationOf(THEIRS))).length, 1)
  })
})
