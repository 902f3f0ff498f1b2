import * as fc from 'fast-check'
import type { Performable } from '../../src/commands/dispatch/perform.ts'
import type { FaultSpec } from '../../src/demo/cloud/api/faults.ts'

/** One thing that happens; a moment passes after each. `bot`: 0 or 1. */
export type Event =
  | { readonly kind: 'load'; readonly cpu: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'ask'; readonly request: Performable }
  /** Of the droplets that exist and are no members, or of the clones, one by its place. */
  | { readonly kind: 'adopt' | 'removeStranger' | 'removeClone' | 'protect'; readonly place: number }
  | { readonly kind: 'connect' }
  | { readonly kind: 'fault'; readonly spec: FaultSpec }
  | { readonly kind: 'supply'; readonly soldOut: string | null }
  | { readonly kind: 'joins'; readonly refused: number }
  /** Requests that never end, or clones whose agents never report, from now on. */
  | { readonly kind: 'endless' | 'mute' | 'ail' | 'shut'; readonly on: boolean }
  /** `after`: so many looks and acts from now, in the middle of whatever it is doing then. */
  | { readonly kind: 'kill' | 'sleep'; readonly bot: number; readonly after: number }
  | { readonly kind: 'wake'; readonly bot: number }
  /** The next order is carried out, its answer is lost, and lists do not show it for so long. */
  | { readonly kind: 'lost'; readonly lateMs: number }
  | { readonly kind: 'clock'; readonly ms: number }
  | { readonly kind: 'hand'; readonly what: 'delete' | 'off' | 'stranger'; readonly place: number }
  | { readonly kind: 'reconcile' | 'together' }

export interface Schedule {
  readonly max: number
  readonly mode: 'auto' | 'approve'
  /** Members that are wanted from the start. */
  readonly min: number
  readonly events: readonly Event[]
}

const place = fc.nat(3)
const bot = fc.nat(1)
const on = fc.boolean()
const small = fc.integer({ min: 1, max: 4 })

const requests: fc.Arbitrary<Performable> = fc.oneof(
  small.map((count): Performable => ({ kind: 'scale', count })),
  small.map((count): Performable => ({ kind: 'up', count })),
  fc.constant<Performable>({ kind: 'down', count: 1 }),
  small.map((count): Performable => ({ kind: 'pin', count, forMs: 600_000, reason: 'test' })),
  fc.constant<Performable>({ kind: 'unpin' }),
  fc.constant<Performable>({ kind: 'undo', episode: null }),
  fc.constant<Performable>({ kind: 'refresh', choice: { kind: 'graceful' } }),
  fc.constant<Performable>({ kind: 'refresh', choice: { kind: 'live' } }),
  fc.constant<Performable>({ kind: 'refresh', choice: { kind: 'stop' } }),
  small.map((max): Performable => ({ kind: 'policy', changes: { max: String(max), min: '1' } })),
  fc.constant<Performable>({ kind: 'policy', changes: { calendar: '* * * * * for 2m max=4' } }),
  on.map((more): Performable => ({ kind: 'policy', changes: { 'refresh-extra': more ? '1' : '0' } })),
  on.map((more): Performable => ({ kind: 'policy', changes: { sizes: more ? 's-2vcpu-2gb,s-2vcpu-4gb' : 'none' } })),
  fc.constantFrom('auto', 'approve').map((mode): Performable => ({ kind: 'mode', mode })),
  fc.constant<Performable>({ kind: 'approve', id: null }),
  fc.constant<Performable>({ kind: 'pause', forMs: 120_000, reason: '' }),
  fc.constant<Performable>({ kind: 'resume' }),
)

/** What may befall a request, and which. */
const operations = fc.constantFrom(
  'droplets_create',
  'droplets_list',
  'droplets_get',
  'droplets_destroy',
  'snapshots_list',
  'dropletActions_post',
  'dropletActions_list',
)
const faults: fc.Arbitrary<FaultSpec> = fc
  .record({ operation: operations, times: fc.integer({ min: 1, max: 3 }), lostBySilence: on })
  .chain(({ operation, times, lostBySilence }) =>
    fc.constantFrom<FaultSpec>(
      { kind: 'serverError', times, match: { operation } },
      { kind: 'rateLimited', times, match: { operation } },
      { kind: 'reset', times, match: { operation } },
      { kind: 'hang', times: 1, match: { operation } },
      { kind: 'slow', ms: 8, times, match: { operation } },
      { kind: 'loseAnswer', by: lostBySilence ? 'silence' : 'reset', times, match: { operation } },
      { kind: 'loseAnswer', by: 'reset', times: 2, match: { operation: 'droplets_create' } },
      { kind: 'slowAction', ms: 8, times, match: { operation } },
      { kind: 'erroredAction', times, match: { operation } },
      { kind: 'ignoredAction', times, match: { operation } },
    ),
  )
const words = fc.constantFrom(
  'Size is not available in this region.',
  'creating this/these droplet(s) will exceed your droplet limit',
  'Droplet creation is temporarily disabled for maintenance.',
)

const events: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0.05, 0.3, 0.97).map((cpu): Event => ({ kind: 'load', cpu })) },
  { weight: 4, arbitrary: fc.integer({ min: 1000, max: 120_000 }).map((ms): Event => ({ kind: 'pass', ms })) },
  { weight: 8, arbitrary: requests.map((request): Event => ({ kind: 'ask', request })) },
  { weight: 5, arbitrary: faults.map((spec): Event => ({ kind: 'fault', spec })) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 15_000 }).map((lateMs): Event => ({ kind: 'lost', lateMs })) },
  { weight: 2, arbitrary: fc.option(words).map((soldOut): Event => ({ kind: 'supply', soldOut })) },
  { weight: 2, arbitrary: small.map((refused): Event => ({ kind: 'joins', refused })) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('endless', 'mute', 'ail', 'shut'), on }).map((one): Event => one),
  },
  {
    weight: 4,
    arbitrary: fc.oneof(
      fc.record({ kind: fc.constantFrom('kill', 'sleep'), bot, after: fc.nat(60) }).map((one): Event => one),
      bot.map((one): Event => ({ kind: 'wake', bot: one })),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(-3_600_000, -4000, 4000, 3_600_000).map((ms): Event => ({ kind: 'clock', ms })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ what: fc.constantFrom('delete', 'off', 'stranger'), place })
      .map((one): Event => ({ kind: 'hand', ...one })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ kind: fc.constantFrom('adopt', 'removeStranger', 'removeClone', 'protect'), place })
      .map((one): Event => one),
  },
  { weight: 3, arbitrary: fc.constantFrom('reconcile', 'together').map((kind): Event => ({ kind })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Event>(
      { kind: 'ask', request: { kind: 'disconnect', confirm: 'web' } },
      { kind: 'connect' },
    ),
  },
)

const wake: readonly Event[] = [
  { kind: 'wake', bot: 0 },
  { kind: 'wake', bot: 1 },
]
const pins = small.map((count): Event => ({
  kind: 'ask',
  request: { kind: 'pin', count, forMs: 600_000, reason: 'test' },
}))
/** What has most to do with money, and with the team's own droplet. */
const troubles: fc.Arbitrary<Event> = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 15_000 }).map((lateMs): Event => ({ kind: 'lost', lateMs })) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom('kill', 'sleep'), bot, after: fc.nat(80) }).map((one): Event => one),
  },
  { weight: 1, arbitrary: words.map((soldOut): Event => ({ kind: 'supply', soldOut })) },
  // The usual size only: another is given.
  {
    weight: 1,
    arbitrary: fc.tuple(words, small).map(([message, times]): Event => ({
      kind: 'fault',
      spec: { kind: 'refuse', status: 422, message, times, match: { operation: 'droplets_create' } },
    })),
  },
  { weight: 2, arbitrary: small.map((refused): Event => ({ kind: 'joins', refused })) },
  { weight: 1, arbitrary: fc.constantFrom('endless', 'mute', 'ail').map((kind): Event => ({ kind, on: true })) },
  { weight: 1, arbitrary: place.map((one): Event => ({ kind: 'hand', what: 'stranger', place: one })) },
  { weight: 2, arbitrary: faults.map((spec): Event => ({ kind: 'fault', spec })) },
)
/** Something is ordered in the midst of trouble; then whoever slept wakes. */
const focused: fc.Arbitrary<readonly Event[]> = fc
  .record({
    size: fc.option(pins),
    trouble: fc.array(troubles, { minLength: 1, maxLength: 2 }),
    orders: fc.array(fc.oneof(requests, requests, fc.constant<Performable>({ kind: 'disconnect', confirm: 'web' })), {
      minLength: 1,
      maxLength: 2,
    }),
    ms: fc.integer({ min: 1000, max: 40_000 }),
  })
  .map(({ size, trouble, orders, ms }) => [
    ...(size === null ? [] : [size]),
    ...trouble,
    ...orders.map((request): Event => ({ kind: 'ask', request })),
    { kind: 'pass', ms },
    ...wake,
    { kind: 'pass', ms },
  ])

/** A snapshot that one bot begins, sleeps over and wakes after, when another has finished it. */
const sleptOver: fc.Arbitrary<readonly Event[]> = fc
  .record({ bot, after: fc.nat(40), rounds: fc.nat(4), size: fc.option(pins) })
  .map(({ bot: who, after, rounds, size }) => [
    ...(size === null ? [] : [size]),
    { kind: 'ask', request: { kind: 'refresh', choice: { kind: 'graceful' } } },
    ...Array.from({ length: rounds }, (): Event => ({ kind: 'pass', ms: 2000 })),
    { kind: 'sleep', bot: who, after },
    ...Array.from({ length: 7 }, (): Event => ({ kind: 'pass', ms: 5000 })),
    ...wake,
    { kind: 'pass', ms: 1000 },
  ])

/** Any schedule. */
export const schedules: fc.Arbitrary<Schedule> = fc.record({
  max: fc.integer({ min: 2, max: 4 }),
  mode: fc.constantFrom('auto', 'auto', 'auto', 'approve'),
  min: fc.integer({ min: 1, max: 2 }),
  events: fc.oneof(
    { weight: 4, arbitrary: fc.array(events, { minLength: 2, maxLength: 9 }) },
    { weight: 4, arbitrary: focused },
    { weight: 1, arbitrary: sleptOver },
  ),
})
