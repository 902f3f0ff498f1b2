import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { parseLine } from '../../src/commands/dispatch/line.ts'
import { SpinupError } from '../../src/core/model/error.ts'
import { timesInWords } from '../../src/core/notify/channel.ts'
import { destinationOf, type Place } from '../../src/core/model/platforms.ts'
import type { View } from '../../src/core/model/view.ts'
import { poolsSeen } from '../../src/engine/reports/live.ts'
import { scheduledView } from '../../src/engine/visuals/schedule.ts'
import { openNotices } from '../../src/notify/complaints.ts'
import { showDue, startSchedule, type ShowFacts } from '../../src/notify/schedule.ts'
import { createMoves } from '../../src/store/moved-channel.ts'
import { startRig } from '../engine/rig.ts'
import { quiet } from '../redis.ts'
import { running } from '../running.ts'
import { until } from '../wait.ts'
import { ada, examplePool, T } from '../store/example-state.ts'
import { OPS, THEIRS } from './stage.ts'

const DAY = 86_400_000

describe('pictures that come regularly', () => {
  const rig = running(startRig)
  beforeEach(async () => {
    await rig.reset()
    // A Saturday in September, before noon in Berlin.
    rig.pass(Date.parse('2026-09-26T09:30:00Z') - T)
    await rig.report(0.3, 60)
  })

  /** As it is typed in a channel. */
  const type = async (line: string, place: Place = OPS): Promise<readonly View[]> => {
    const parsed = parseLine(line, rig.now())
    assert.ok(parsed.kind === 'request' && parsed.request.kind !== 'help', JSON.stringify(parsed))
    return rig.ask(parsed.request, ada, place)
  }
  const facts = (): ShowFacts => ({
    // As another bot has it, or this one after a restart: all it knows is in Redis.
    notices: openNotices({ redis: rig.redis, outbox: rig.services.outbox, always: [], now: rig.now, log: quiet })
      .notices,
    poolsOf: (tenant) => poolsSeen(rig.services, tenant),
    draw: (state, show, at) => scheduledView(rig.services, state, show, at),
  })
  const lookAt = async (time: string): Promise<void> => {
    rig.pass(Date.parse(time) - rig.now())
    await showDue(facts(), rig.now())
  }
  const cards = async (place: Place = OPS): Promise<readonly View[]> => {
    const found = new Map<string, View>()
    await rig.services.outbox.deliver(destinationOf(place), async ({ id, view }) => void found.set(id, view))
    return [...found.values()]
  }

  it('come at their time by the clocks of their zone, once, from a line as people type it', async () => {
    const [said, now] = await type('/spinup show histogram of cpu every mon 9:00 Europe/Berlin')
    assert.ok(said?.kind === 'answer' && now?.kind === 'visual')
    assert.equal(said.title, 'histogram comes here every Monday at 09:00 (Europe/Berlin)')
    await lookAt('2026-09-28T06:59:59Z')
    assert.deepEqual(await cards(), [])
    await lookAt('2026-09-28T07:00:00Z')
    await lookAt('2026-09-28T07:00:01Z')
    await lookAt('2026-09-29T07:00:00Z')
    const [card, ...more] = await cards()
    assert.ok(card?.kind === 'visual', JSON.stringify(card))
    assert.deepEqual(more, [])
    assert.equal(card.toAt, Date.parse('2026-09-28T07:00:00Z'))
    assert.deepEqual(
      card.schedule?.actions.map(({ label }) => label),
      ['Stop'],
    )
    await lookAt('2026-10-05T07:00:00Z')
    assert.equal((await cards()).length, 1)
    // The clocks are set back on 25 October.
    await lookAt('2026-10-26T07:59:59Z')
    assert.equal((await cards()).length, 0)
    await lookAt('2026-10-26T08:00:00Z')
    assert.equal((await cards()).length, 1)
  })

  it('are one card with one picture when two bots look at once, or one died before it noted that it had', async () => {
    await type('/spinup show dailycost every day 10:00')
    rig.pass(Date.parse('2026-09-27T10:00:00Z') - rig.now())
    const forgetful = facts()
    const { shows } = forgetful.notices
    const dying = { ...forgetful, notices: { ...forgetful.notices, shows: { ...shows, change: async () => null } } }
    await showDue(dying, rig.now())
    await Promise.all([showDue(facts(), rig.now()), showDue(facts(), rig.now())])
    assert.equal((await cards()).length, 1)
    const kept = await rig.redis.keys('spinup:*:chart:web.show-s*')
    assert.equal(kept.length, 1, kept.join())
    await showDue(facts(), rig.now())
    assert.deepEqual(await cards(), [])
  })

  it('come late when no bot ran, though not days late, and after a clock was ahead', async () => {
    await type('/spinup show dailycost every mon 10:00')
    await lookAt('2026-09-28T21:00:00Z')
    assert.equal((await cards()).length, 1)
    await lookAt('2026-10-08T10:00:00Z')
    assert.equal((await cards()).length, 0)
    await lookAt('2061-10-03T10:00:00Z')
    await cards()
    await lookAt('2026-10-12T10:00:00Z')
    await lookAt('2026-10-19T10:00:00Z')
    assert.equal((await cards()).length, 1)
  })

  it('come every day again at once after a clock was some days ahead, and not twice after it stepped back over their time', async () => {
    await type('/spinup show dailycost every day 10:00')
    await lookAt('2026-09-29T10:00:30Z')
    assert.equal((await cards()).length, 1)
    await lookAt('2026-09-26T12:00:00Z')
    assert.equal((await cards()).length, 0, 'not for a day that was')
    await lookAt('2026-09-27T10:00:00Z')
    assert.equal((await cards()).length, 1)
    await lookAt('2026-09-27T09:59:00Z')
    await lookAt('2026-09-27T10:00:00Z')
    assert.equal((await cards()).length, 0)
  })

  it('are listed, and stopped by the button of the list or of a card, in their channel alone', async () => {
    await type('/spinup show dailycost every day 10:00')
    await type('/spinup show heatmap of cpu every weekday 18:30')
    await type('/spinup show calendar every fri 16:00', { ...OPS, channel: 'T1/C2' })
    const [list] = await type('/spinup show schedules')
    assert.ok(list?.kind === 'answer')
    assert.equal(list.title, 'This channel gets 2 pictures regularly')
    assert.match(list.fields[1]!.value, /every weekday at 18:30 \(UTC\), requested by Ada/)
    const stop = list.actions[0]!.action.replace('run:', '')
    await assert.rejects(type(stop, THEIRS), /does not get that picture any more/)
    await type(stop)
    await assert.rejects(type(stop), /does not get that picture any more/)
    await lookAt('2026-09-28T18:30:00Z')
    const shown = await cards()
    assert.deepEqual(
      shown.map((view) => view.kind === 'visual' && view.title),
      ['Heat map'],
    )
    const [card] = shown
    await type(card?.kind === 'visual' ? card.schedule!.actions[0]!.action.replace('run:', '') : '')
    const [none] = await type('/spinup show schedules')
    assert.ok(none?.kind === 'answer')
    assert.match(none.title, /gets no picture regularly/)
  })

  it('are listed with what two of the same differ in: how long, and their options', async () => {
    for (const how of ['', 'last 7d', 'bins=12', 'last 90m bins=30'])
      await type(`/spinup show histogram of cpu ${how} every sun 7:00`)
    const [list] = await type('/spinup show schedules')
    assert.ok(list?.kind === 'answer')
    const said = list.fields.map(({ value }) => /\(UTC\), (.*), requested by Ada$|$/.exec(value)?.[1] ?? '')
    assert.deepEqual(said, ['', 'last 7 d', 'bins=12', 'last 1 h 30 min, bins=30'])
  })

  it('say why where one cannot be drawn any more, and the others come', async () => {
    await rig.services.texts.add('web', rig.now(), { tags: { redis: 1 } })
    await type('/spinup show wordcloud of tags every day 10:00')
    await type('/spinup show dailycost every day 10:00')
    await rig.redis.del(...(await rig.redis.keys('spinup:{web}:texts*')))
    await lookAt('2026-09-27T10:00:00Z')
    const kinds = (await cards()).map((view) => (view.kind === 'answer' ? view.title : view.kind)).toSorted()
    assert.deepEqual(kinds, ['visual', 'wordcloud could not be shown'])
  })

  it('are tried again where it may be otherwise in a moment', async () => {
    await type('/spinup show dailycost every day 10:00')
    rig.pass(Date.parse('2026-09-27T10:00:00Z') - rig.now())
    const busy = async (): Promise<never> => {
      throw Object.assign(new Error('too many'), { retryable: true })
    }
    await assert.rejects(showDue({ ...facts(), draw: busy }, rig.now()), /too many/)
    assert.deepEqual(await cards(), [])
    await showDue(facts(), rig.now())
    assert.equal((await cards()).length, 1)
  })

  it('come by themselves while a bot runs, and say why where nothing helped for half a minute', async () => {
    await type('/spinup show dailycost every day 10:00')
    await type('/spinup show gauges every day 10:00')
    rig.pass(Date.parse('2026-09-27T10:00:40Z') - rig.now())
    const { notices } = rig.services
    const broken = async (): Promise<never> => {
      throw new SpinupError('unavailable', 'Visualisations cannot be drawn here.')
    }
    const { visuals } = rig.services
    const services = { ...rig.services, visuals: { ...visuals, describe: broken } }
    const draw: ShowFacts['draw'] = (state, show, at) =>
      scheduledView(show.visual === 'gauges' ? services : rig.services, state, show, at)
    const loop = startSchedule({
      notices,
      weekly: { notices, poolsOf: async () => [], summarise: broken },
      shows: { ...facts(), draw },
      now: rig.now,
      log: quiet,
      posted: () => undefined,
    })
    const found: View[] = []
    await until(async () => {
      found.push(...(await cards()))
      return found.length === 2
    })
    await loop.stop()
    const kinds = found.map((view) => (view.kind === 'answer' ? `${view.title}: ${view.text}` : view.kind)).toSorted()
    assert.match(kinds[0]!, /^gauges could not be shown: Visualisations cannot be drawn here\./)
    assert.equal(kinds[1], 'visual')
  })

  it('are of the pools of their team alone, and go with the pool', async () => {
    await rig.services.store.create(examplePool({ id: 'theirs', name: 'theirs', tenant: THEIRS.tenant }))
    await type('/spinup show dailycost every day 10:00', THEIRS)
    await type('/spinup show dailycost every day 10:00')
    await lookAt('2026-09-27T10:00:00Z')
    for (const [place, pool] of [
      [OPS, 'web'],
      [THEIRS, 'theirs'],
    ] as const) {
      assert.deepEqual(
        (await cards(place)).map((view) => view.kind === 'visual' && view.pool),
        [pool],
      )
    }
    await rig.services.notices.forgetPool(null, 'web')
    await lookAt('2026-09-28T10:00:00Z')
    assert.deepEqual([(await cards()).length, (await cards(THEIRS)).length], [0, 1])
    await rig.services.notices.leave(destinationOf(THEIRS))
    await lookAt('2026-09-29T10:00:00Z')
    assert.deepEqual(await cards(THEIRS), [])
  })

  it('go along with a channel that its platform calls by another id', async () => {
    await type('/spinup show dailycost every day 10:00')
    await createMoves(rig.redis, 'slack')('T1/C1', 'T1/C7')
    await lookAt('2026-09-27T10:00:00Z')
    assert.deepEqual([(await cards()).length, (await cards({ ...OPS, channel: 'T1/C7' })).length], [0, 1])
  })

  it('are ten at most in a channel, and what it hears of beside them stays as it was', async () => {
    for (let index = 0; index < 10; index++) await type('/spinup show dailycost every day 10:00')
    await assert.rejects(type('/spinup show dailycost every day 11:00'), /10 pictures regularly already/)
    assert.equal(await rig.services.notices.settings(OPS), null)
  })

  it('are read in many words, and what is wrong is said with a line that is right', () => {
    const at = (line: string): string => {
      const parsed = parseLine(line, T)
      if (parsed.kind === 'error') return `✗ ${parsed.view.message} ${parsed.view.suggestion ?? ''}`
      const { request } = parsed
      if (request.kind !== 'show' || request.every === undefined) return JSON.stringify(request)
      const { timeZone, ...times } = request.every
      const { visual, of, rangeMs } = request.show!
      const range = rangeMs === null ? '' : ` ${rangeMs / DAY}d`
      return `${visual} ${of.join(',')}${range} ${timesInWords({ ...times, timeZone: timeZone ?? '-' })}`
    }
    for (const [line, meant] of [
      ['/spinup show wordcloud of tags every mon 9:00', 'wordcloud tags every Monday at 09:00 (-)'],
      ['show wordcloud of tags last 7d every monday at 9am', 'wordcloud tags 7d every Monday at 09:00 (-)'],
      ['wordcloud of tags every day 18:30 Europe/Berlin', 'wordcloud tags every day at 18:30 (Europe/Berlin)'],
      [
        'show me the heat map of cpu every mon, wed and fri at 7 pm',
        'heatmap cpu every Monday, Wednesday and Friday at 19:00 (-)',
      ],
      ['show bubbles of tags every weekday 9:00', 'bubbles tags every weekday at 09:00 (-)'],
      ['show bubbles every sunday 9:00 last 7d', 'bubbles  7d every Sunday at 09:00 (-)'],
      ['show gauges every weekend noon', 'gauges  every Saturday and Sunday at 12:00 (-)'],
      ['show gauges every', '✗ Which day of the week? /spinup show gauges every mon 9:00'],
      ['show gauges every mom 9:00', '✗ “mom” is not a day of the week. /spinup show gauges every mon 9:00'],
      ['show gauges every mon', '✗ A time of day is missing. /spinup show gauges every mon 9:00'],
      ['show gauges every mon 25:00', '✗ “25:00” is not a time of day. /spinup show gauges every mon 9:00'],
      [
        'show gauges every mon 9:00 Berlin',
        '✗ There is no time zone called “Berlin”. /spinup show gauges every mon 09:00 Europe/Berlin',
      ],
    ] as const) {
      assert.equal(at(line), meant, line)
    }
  })
})
