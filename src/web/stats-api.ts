import type { FastifyInstance, FastifyRequest } from 'fastify'
import { SpinupError } from '../core/model/error.ts'
import type { Beside, PoolSamples, SeriesAnswer, SeriesLine, StatsPool } from '../core/model/stats-page.ts'
import type { Actor } from '../core/model/pool.ts'
import { wall, zoneOf } from '../core/model/time-zone.ts'
import { parseDuration } from '../core/model/words.ts'
import { sendPacked } from './packed.ts'

// Fastify awaits its handlers and answers what they throw.
/* oxlint-disable oxc/no-async-endpoint-handlers */

/** Which stats of a pool, from when to when (epoch ms). */
export interface StatsWish {
  /** Its id or name; null: the only one there is. */
  readonly pool: string | null
  readonly stats: readonly string[]
  readonly fromAt: number
  readonly toAt: number
  readonly points: number
  readonly byMember: boolean
  /** Of members the mean alone. */
  readonly meanOnly: boolean
}

/** What is read for the stats page and its API. `tenant` null: of the installation's own team. All throw in words. */
export interface StatsReports {
  pools(tenant: string | null): Promise<readonly StatsPool[]>
  pool(tenant: string | null, name: string | null): Promise<StatsPool>
  series(tenant: string | null, wish: StatsWish): Promise<SeriesAnswer>
  beside(tenant: string | null, wish: Pick<StatsWish, 'pool' | 'fromAt' | 'toAt'>): Promise<Beside>
  /** The newest sample of every member. */
  samples(tenant: string | null): Promise<readonly PoolSamples[]>
  /** A range as it is typed, by the pool's clocks. */
  range(
    tenant: string | null,
    pool: string | null,
    text: string,
  ): Promise<{ fromAt: number; toAt: number; live: boolean }>
  /** Posts a view into the pool's channels; answers how many cards that made. */
  post(
    tenant: string | null,
    wish: Omit<StatsWish, 'points' | 'meanOnly'> & { readonly member: string | null },
    actor: Actor,
  ): Promise<number>
  now(): number
}

/** Whose pools a request may see: as the API's guard says. */
type CallerOf = (request: FastifyRequest) => {
  readonly asker: { readonly place: { readonly tenant: string | null } }
  reaches(poolId: string): boolean
}

const HOUR_MS = 3_600_000
const POINTS = { usual: 600, least: 2, most: 4000 }
const MOST_STATS = 32
const PARAMETERS = ['pool', 'stat', 'from', 'to', 'points', 'by', 'figures', 'format']

/**
 * `GET /api/series?pool&stat&from&to[&points][&by=member][&figures=mean][&format=csv|json]` and `GET /api/stats[?pool]`: stats over time,
 * and which there are, for programs; behind the API's guard.
 */
export function addSeriesApi(
  app: FastifyInstance,
  { reports, callerOf }: { readonly reports: StatsReports; readonly callerOf: CallerOf },
): void {
  /** Throws `notFound` for a pool that the caller may not see, as for one that there is not. */
  const pool = async (request: FastifyRequest, name: string | null): Promise<StatsPool> => {
    const { asker, reaches } = callerOf(request)
    const found = await reports.pool(asker.place.tenant, name)
    if (reaches(found.id)) return found
    throw new SpinupError('notFound', `There is no pool called ${name ?? found.name} that you may see.`)
  }

  app.get('/api/stats', async (request) => {
    const { pool: name } = queryOf(request, ['pool'])
    if (name !== undefined) return pool(request, name)
    const { asker, reaches } = callerOf(request)
    return { pools: (await reports.pools(asker.place.tenant)).filter(({ id }) => reaches(id)) }
  })

  app.get('/api/series', async (request, reply) => {
    const query = queryOf(request, PARAMETERS)
    const { format = 'json' } = query
    if (format !== 'json' && format !== 'csv') throw new SpinupError('badInput', 'format is json or csv.')
    const wish = wishOf(query, reports.now())
    if (wish.stats.length === 0)
      throw new SpinupError('badInput', 'Say which statistic: stat=cpu, or several with commas.')
    const { id } = await pool(request, wish.pool)
    const answer = await reports.series(callerOf(request).asker.place.tenant, { ...wish, pool: id })
    reply.header('cache-control', 'no-store')
    if (format === 'json') {
      reply.type('application/json; charset=utf-8')
      return sendPacked(request, reply, JSON.stringify(answer))
    }
    const name = `spinup-${answer.pool.name.replaceAll(/[^\w-]+/g, '-')}.csv`
    reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="${name}"`)
    return sendPacked(request, reply, csvOf(answer))
  })
}

type Query = Readonly<Record<string, string | undefined>>

/** The parameters, each once. Throws `badInput` for one that is not known: a slip would be another question. */
export function queryOf({ query }: FastifyRequest, known: readonly string[]): Query {
  const given = Object.entries(query as Readonly<Record<string, unknown>>)
  for (const [name, value] of given) {
    if (!known.includes(name))
      throw new SpinupError('badInput', `There is no parameter ${name}; there are ${known.join(', ')}.`)
    if (typeof value !== 'string')
      throw new SpinupError('badInput', `${name} is given twice; put commas between several.`)
  }
  return Object.fromEntries(given) as Query
}

/** What a query asks for; without a range the last hour. Throws `badInput`. */
export function wishOf({ pool, stat = '', from, to, points, by, figures }: Query, now: number): StatsWish {
  const toAt = to === undefined ? now : timeOf('to', to, now)
  const fromAt = from === undefined ? toAt - HOUR_MS : timeOf('from', from, now)
  const count = points === undefined ? POINTS.usual : Number(points)
  if (!Number.isInteger(count) || count < POINTS.least || count > POINTS.most)
    throw new SpinupError('badInput', `points is a whole number from ${POINTS.least} to ${POINTS.most}.`)
  if (by !== undefined && by !== 'member')
    throw new SpinupError('badInput', 'by can only be member, for a line for each.')
  if (figures !== undefined && figures !== 'mean')
    throw new SpinupError('badInput', 'figures can only be mean, which leaves out the least and most of members.')
  const stats = stat
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  if (stats.length > MOST_STATS) throw new SpinupError('badInput', `At most ${MOST_STATS} statistics at once.`)
  return {
    pool: pool ?? null,
    stats,
    fromAt,
    toAt,
    points: count,
    byMember: by === 'member',
    meanOnly: figures === 'mean',
  }
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
function csvOf({ series, timeZone, pool }: SeriesAnswer): string {
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
  return `${lines.map((cells) => cells.map(cell).join(',')).join('\r\n')}\r\n`
}

function nameOf({ stat, member }: SeriesLine): string {
  return member === null ? stat : `${member} ${stat}`
}

/** Quoted where it has to be; what a spreadsheet would take for a formula is text. */
function cell(text: string): string {
  const plain = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
