import { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import type { SeriesAnswer, SeriesLine, StatsPool } from '../../core/model/stats-page.ts'
import { wall, zoneOf } from '../../core/model/time-zone.ts'
import { parseDuration } from '../../core/model/words.ts'
import { chosen, reached } from './service.ts'
import { AT, WHICH } from './shapes.ts'
import { verb } from './verb.ts'

const HOUR_MS = 3_600_000
const POINTS = { usual: 600, least: 2, most: 4000 }
const MOST_STATS = 32
const LONGEST_NAME = 80

const WHICH_STAT = { error: 'Say which statistic: stat=cpu, or several with commas' }
const HOW_MANY = { error: `points is a whole number from ${POINTS.least} to ${POINTS.most}` }
const TIME = z
  .string()
  .describe('2026-11-30T14:00:00Z (UTC where nothing else is said), seconds or ms since 1970, -6h, now')

/** From when to when, as requests say it. */
export const SPAN = {
  from: TIME.optional().describe(`${TIME.description}; an hour before “to” unless given`),
  to: TIME.optional().describe(`${TIME.description}; now unless given`),
}

const STATS_POOL = z.strictObject({
  id: z.string(),
  name: z.string(),
  timeZone: z.string(),
  createdAt: AT,
  stat: z.string().describe('What scales it'),
  target: z.number().describe('The value of it that each member is kept at'),
  stats: z.array(z.string()).describe('Every statistic that was reported in the last 42 days'),
  members: z.array(z.string()),
  max: z.int(),
  staleAfterMs: z.number().describe('A member whose newest sample is older has stopped reporting, ms'),
  dollarsPerHour: z.number(),
})

const VALUES = z.array(z.number().nullable())
const SERIES_LINE = z.strictObject({
  stat: z.string(),
  unit: z.enum(['fraction', 'number']),
  member: z.string().nullable().describe('null: all together'),
  stepMs: z.number().describe('How wide a bucket is, ms; 0: each point is a sample as it was reported'),
  at: z.array(z.number()).describe('Middle of each bucket, epoch ms, oldest first'),
  mean: VALUES.describe('null: nothing was reported for a while'),
  min: VALUES,
  max: VALUES,
})

const listStats = verb({
  name: 'list_stats',
  method: 'GET',
  path: '/api/stats',
  scope: 'read',
  summary: 'The statistics that were reported: of every pool that this token reaches, or of the one that is named',
  input: z.strictObject({ pool: WHICH.describe('The name of a pool, for that one alone') }),
  output: z.union([z.strictObject({ pools: z.array(STATS_POOL) }), STATS_POOL]),
  changes: false,
  run: async (service, caller, { pool }): Promise<StatsPool | { readonly pools: readonly StatsPool[] }> => {
    const { stats } = service
    if (pool !== undefined) return stats.pool(await chosen(service, caller, pool))
    return { pools: await Promise.all((await reached(service, caller)).map((state) => stats.pool(state))) }
  },
})

const getSeries = verb({
  name: 'get_series',
  method: 'GET',
  path: '/api/series',
  scope: 'read',
  summary: 'Statistics over time: of all members together, and of each',
  input: z.strictObject({
    pool: WHICH,
    stat: z
      .array(z.string().max(LONGEST_NAME), WHICH_STAT)
      .min(1, WHICH_STAT)
      .max(MOST_STATS, { error: `At most ${MOST_STATS} statistics at once` })
      .describe('Names of statistics'),
    ...SPAN,
    points: z
      .int(HOW_MANY)
      .min(POINTS.least, HOW_MANY)
      .max(POINTS.most, HOW_MANY)
      .default(POINTS.usual)
      .describe('The most points of a line'),
    by: z
      .literal('member', { error: 'by can only be member, for a line for each' })
      .optional()
      .describe('A line for each member, too'),
    figures: z
      .literal('mean', { error: 'figures can only be mean, which leaves out the least and most of members' })
      .optional()
      .describe('Leaves out the lowest and highest of members'),
  }),
  output: z.strictObject({
    pool: z.strictObject({ id: z.string(), name: z.string() }),
    timeZone: z.string(),
    fromAt: AT,
    toAt: AT,
    series: z.array(SERIES_LINE),
  }),
  changes: false,
  run: async (service, caller, { pool, stat, points, by, figures, ...span }): Promise<SeriesAnswer> => {
    const wish = { stats: stat, points, byMember: by === 'member', meanOnly: figures === 'mean' }
    const range = spanOf(span, service.stats.now())
    return service.stats.series(await chosen(service, caller, pool), { ...wish, ...range })
  },
  csv: csvOf,
})

export const STATS_VERBS = [listStats, getSeries]

/** From when to when, epoch ms; without a range the last hour. Throws `badInput`. */
export function spanOf(
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  now: number,
): { readonly fromAt: number; readonly toAt: number } {
  const toAt = to === undefined ? now : timeOf('to', to, now)
  return { fromAt: from === undefined ? toAt - HOUR_MS : timeOf('from', from, now), toAt }
}

const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/

/** `now`, `-6h`, epoch seconds or ms, `2026-11-30T14:00:00Z`; without an offset it is UTC. Throws `badInput`. */
function timeOf(name: string, text: string, now: number): number {
  if (text === 'now') return now
  // In a query a plus that is not encoded is a space.
  const iso = text.replace(/ (?=\d\d:\d\d$)/, '+')
  const ago = text.startsWith('-') ? parseDuration(text.slice(1)) : null
  const at =
    ago !== null
      ? now - ago
      : /^\d{9,10}$/.test(text)
        ? Number(text) * 1000
        : /^\d{12,13}$/.test(text)
          ? Number(text)
          : ISO.test(iso) && isDay(iso.slice(0, 10))
            ? Date.parse(iso.includes('T') && !/(Z|[+-]\d{2}:\d{2})$/.test(iso) ? `${iso}Z` : iso)
            : Number.NaN
  if (Number.isFinite(at)) return at
  throw new SpinupError(
    'badInput',
    `${name} is a time such as 2026-11-30T14:00:00Z, seconds or milliseconds since 1970, now, or -6h; not “${text.slice(0, 40)}”.`,
  )
}

/** A 30th of February is one of March to `Date.parse`. */
function isDay(date: string): boolean {
  const at = Date.parse(date)
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(date)
}

/** A row for each instant, on the pool's clocks and in UTC; a column for each line's mean, least and most. */
function csvOf({ series, timeZone, pool }: SeriesAnswer): { readonly file: string; readonly text: string } {
  const zone = zoneOf(timeZone)
  const instants = [...new Set(series.flatMap(({ at }) => at))].toSorted((a, b) => a - b)
  const places = series.map(({ at }) => new Map(at.map((instant, index) => [instant, index])))
  const head = series.flatMap((line) => ['mean', 'min', 'max'].map((figure) => `${nameOf(line)} ${figure}`))
  const rows = instants.map((instant) => {
    const cells = series.flatMap(({ mean, min, max }, line) => {
      const index = places[line]?.get(instant)
      return index === undefined ? ['', '', ''] : [mean, min, max].map((list) => String(list[index] ?? ''))
    })
    // Once a year clocks show an hour twice.
    const times = [wall(instant, zone).toISOString().replace('T', ' ').slice(0, 19), new Date(instant).toISOString()]
    return [...times, ...cells]
  })
  const lines = [[`time (${timeZone})`, 'UTC', ...head.map((name) => `${pool.name} ${name}`)], ...rows]
  const text = `${lines.map((cells) => cells.map(cell).join(',')).join('\r\n')}\r\n`
  return { file: `spinup-${pool.name.replaceAll(/[^\w-]+/g, '-')}.csv`, text }
}

function nameOf({ stat, member }: SeriesLine): string {
  return member === null ? stat : `${member} ${stat}`
}

/** Quoted where it has to be; what a spreadsheet would take for a formula is text. */
function cell(text: string): string {
  const plain = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
