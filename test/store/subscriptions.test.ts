import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { SpinupError } from '../../src/core/model/error.ts'
import type { Place } from '../../src/core/model/platforms.ts'
import { createSubscriptions, newSubscription, type Subscriptions } from '../../src/store/subscriptions.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'

const OPS: Place = { platform: 'slack', channel: 'T1/C1', tenant: null }
const THEIRS: Place = { platform: 'slack', channel: 'T2/C1', tenant: 'slack:T2' }

describe('subscriptions', () => {
  let server: TestRedis
  let subscriptions: Subscriptions
  before(async () => {
    server = await startTestRedis()
    subscriptions = createSubscriptions(await server.connect())
  })
  after(() => server.stop())
  beforeEach(() => server.flush())

  it('keeps every setting, for whoever asks later', async () => {
    const whole = {
      ...newSubscription(OPS),
      pools: ['web'],
      level: 'trouble' as const,
      timeZone: 'Europe/Berlin',
      quiet: { from: 1320, to: 420 },
      snooze: { from: 1, until: 2 },
      weekly: { weekday: 1, minute: 540, last: '2026-11-23T09:00' },
    }
    await subscriptions.change(OPS, () => whole)
    assert.deepEqual(await createSubscriptions(await server.connect()).get(OPS), whole)
  })

  it('keeps the channels of each tenant apart', async () => {
    for (const place of [OPS, THEIRS]) await subscriptions.change(place, () => newSubscription(place))
    assert.deepEqual(
      (await subscriptions.of(null)).map(({ place }) => place),
      [OPS],
    )
    assert.deepEqual(
      (await subscriptions.of('slack:T2')).map(({ place }) => place),
      [THEIRS],
    )
    assert.deepEqual(await subscriptions.of('slack:T3'), [])
    assert.equal((await subscriptions.all()).length, 2)
    assert.equal(await subscriptions.get({ ...THEIRS, tenant: null }), null)
  })

  it('changes nothing when there is nothing to change, and forgets what is removed', async () => {
    assert.equal(await subscriptions.change(OPS, () => null), null)
    assert.deepEqual(await subscriptions.all(), [])
    const kept = await subscriptions.change(OPS, () => newSubscription(OPS))
    assert.deepEqual(await subscriptions.change(OPS, () => null), kept)
    assert.deepEqual([await subscriptions.remove(OPS), await subscriptions.remove(OPS)], [true, false])
    assert.equal(await subscriptions.get(OPS), null)
  })

  it('makes each of many changes at once, by several bots', async () => {
    const others = await Promise.all([1, 2, 3].map(async () => createSubscriptions(await server.connect())))
    await Promise.all(
      others.flatMap((other, bot) =>
        [0, 1, 2, 3].map((index) =>
          other.change(OPS, (before) => {
            const channel = before ?? newSubscription(OPS)
            return { ...channel, pools: [...channel.pools, `${bot}-${index}`] }
          }),
        ),
      ),
    )
    assert.equal((await subscriptions.get(OPS))?.pools.length, 12)
  })

  it('says so when Redis is away', async () => {
    const redis = await server.connect()
    const cut = createSubscriptions(redis)
    redis.disconnect()
    await assert.rejects(cut.of(null), (error) => error instanceof SpinupError && error.code === 'storeFailed')
  })
})
