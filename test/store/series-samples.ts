import assert from 'node:assert/strict'
import type { Stats } from '../../src/core/model/sample.ts'
import type { SeriesEntry } from '../../src/store/series/batch.ts'
import { DAY, SECOND } from '../../src/store/series/layout.ts'

/** An hour's start; the tests' clock is set, so nothing depends on when they run. */
export const T = Math.floor(1_790_000_000_000 / DAY) * DAY

/** One sample of the pool `shop`, on its way into the store. */
export const entry = (memberId: string, at: number, stats: Stats, periodMs = SECOND): SeriesEntry => ({
  poolId: 'shop',
  sample: { memberId, at, stats },
  periodMs,
})

/** One sample a period over `(fromAt, toAt]`. */
export const steady = (
  memberId: string,
  fromAt: number,
  toAt: number,
  stats: (at: number) => Stats,
  periodMs = SECOND,
): readonly SeriesEntry[] =>
  Array.from({ length: Math.floor((toAt - fromAt) / periodMs) }, (_, index) => {
    const at = fromAt + (index + 1) * periodMs
    return entry(memberId, at, stats(at), periodMs)
  })

/** Fails unless the number is there and near. */
export const about = (actual: number | null | undefined, expected: number, within = 1e-6): void =>
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) <= within, `${actual} is not ${expected} ± ${within}`)

/** A load that swings, and a count. */
export const wave = (at: number): Stats => ({
  cpu: 0.5 + 0.4 * Math.sin(at / 50_000),
  queue: Math.floor(at / 1_000) % 100,
})
