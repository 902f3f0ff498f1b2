import { SpinupError } from '../../core/model/error.ts'
import { fleetPrice } from '../../core/model/billing.ts'
import { counts } from '../../core/model/member.ts'
import { didYouMean } from '../../core/model/nearest.ts'
import { instantOf, zoneOf, type TimeZone } from '../../core/model/time-zone.ts'
import type { VisualView } from '../../core/model/view.ts'
import { parseDuration, unitOf } from '../../core/model/words.ts'
import { calledSo } from '../../core/pool/member-called.ts'
import { memberCounts } from '../../core/pool/member-counts.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { NamedVisual, VisualSpec } from '../../core/visual/drawing.ts'
import type { VisualData, VisualEvent, VisualNeeds, VisualOptions, VisualSeries } from '../../core/visual/visual.ts'
import type { Stretch } from '../../core/model/history.ts'
import type { Services } from '../services.ts'
import { scaleEvents } from './summary.ts'

/** What is to be shown: a visualisation by its name or title, of these names, over so long (ms; null: as it says itself). */
export interface ShowAsked {
  readonly visual: string
  readonly of: readonly string[]
  readonly rangeMs: number | null
  readonly options: Readonly<Record<string, string>>
}

const DEFAULT_RANGE_MS = 86_400_000
const LONGEST_RANGE_MS = 35 * 86_400_000
const POINTS = { usual: 300, most: 1000, byMember: 200 }
/** Each has a series of its own. */
const MOST_MEMBERS = 40
const MOST_TEXTS = 1000
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/** Draws a visualisation of a pool's data; its picture is kept as its data, for every platform and theme. */
export async function showView(services: Services, state: PoolState, asked: ShowAsked): Promise<VisualView> {
  const { pool } = state
  const { name, about } = visualCalled(await services.visuals.all(), asked.visual)
  const needs = await named(services, pool.id, asked.of, about.needs, name)
  const options = optionsOf(asked.options, about.options, name)
  const toAt = services.now()
  const wanted = asked.rangeMs ?? parseDuration(about.needs.range ?? '') ?? DEFAULT_RANGE_MS
  const fromAt = toAt - Math.min(LONGEST_RANGE_MS, wanted)
  const data = await gather(services, state, { fromAt, toAt, needs })
  const spec: VisualSpec = { kind: 'visual', name, tenant: pool.tenant ?? null, height: about.height, data, options }
  const alt = (await services.visuals.describe(spec)) || `${about.title} of ${pool.name}.`
  const reference = { id: `${pool.id}.show-${services.newId()}`, title: about.title, alt }
  await services.charts.save(pool, reference, spec)
  return {
    kind: 'visual',
    pool: pool.name,
    title: about.title,
    names: [...(needs.stats ?? []), ...(needs.tags ?? [])],
    fromAt,
    toAt,
    others: services.visuals.names.filter((other) => other !== name),
    chart: reference,
  }
}

/** By its name or title, however it is spaced. Throws `notFound` with those there are. */
function visualCalled(all: readonly NamedVisual[], wanted: string): NamedVisual {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
  const found = all.find(({ name, about }) => [name, about.title].some((one) => plain(one) === plain(wanted)))
  if (found !== undefined) return found
  const names = all.map(({ name }) => name)
  const meant = didYouMean(plain(wanted), names)
  throw new SpinupError(
    'notFound',
    `There is no visualisation called ${wanted}; there are ${names.join(', ')}.${meant}`,
  )
}

/** The needs with the names that were asked for in place of its own. Throws `notFound`, `badInput`. */
async function named(
  services: Services,
  poolId: string,
  of: readonly string[],
  needs: VisualNeeds,
  visual: string,
): Promise<VisualNeeds> {
  const [stats, texts] = await Promise.all([services.series.statNames(poolId), services.texts.names(poolId)])
  const called = (names: readonly string[], wanted: string): string | null => calledSo(names, (name) => name, wanted)
  const known = (names: readonly string[] = [], there: readonly string[]): string[] =>
    names.filter((name) => there.includes(name))
  if (of.length > 0 && needs.stats === undefined && needs.tags === undefined) {
    throw new SpinupError('badInput', `${visual} is of the pool as a whole; leave out “of ${of.join(', ')}”.`)
  }
  const asked: { stats: string[]; tags: string[] } = { stats: [], tags: [] }
  for (const wanted of of) {
    const text = needs.tags === undefined ? null : called(texts, wanted)
    const stat = text !== null || needs.stats === undefined ? null : called(stats, wanted)
    if (text !== null) asked.tags.push(text)
    else if (stat !== null) asked.stats.push(stat)
    else
      throw nothingCalled(
        wanted,
        [...(needs.stats === undefined ? [] : stats), ...(needs.tags === undefined ? [] : texts)],
        needs,
      )
  }
  const ownTags = known(needs.tags, texts)
  const tags =
    asked.tags.length > 0
      ? asked.tags
      : ownTags.length > 0
        ? ownTags
        : needs.stats === undefined
          ? texts.slice(0, 1)
          : []
  if (needs.tags !== undefined && needs.stats === undefined && tags.length === 0) throw nothingCalled(null, [], needs)
  return {
    ...needs,
    ...(needs.stats === undefined ? {} : { stats: asked.stats.length > 0 ? asked.stats : known(needs.stats, stats) }),
    ...(needs.tags === undefined ? {} : { tags }),
  }
}

function nothingCalled(wanted: string | null, there: readonly string[], needs: VisualNeeds): SpinupError {
  const how =
    needs.stats === undefined
      ? ` Report some to the agent: \`curl -d '{"tags": ["redis", "bolt"]}' http://127.0.0.1:8126/stats\`.`
      : ''
  const names =
    there.length === 0
      ? `none has been reported yet.${how}`
      : `there are ${there.join(', ')}.${didYouMean(wanted ?? '', there)}`
  const what = needs.stats === undefined ? 'tags or texts' : 'statistic'
  return new SpinupError(
    'notFound',
    wanted === null ? `There are no tags or texts: ${names}` : `No ${what} called ${wanted}: ${names}`,
  )
}

/** What was typed, as the kind that the module's own value is. Throws `badInput`. */
function optionsOf(typed: ShowAsked['options'], own: VisualOptions, visual: string): VisualOptions {
  return Object.fromEntries(
    Object.entries(typed).map(([name, text]): readonly [string, string | number | boolean] => {
      const usual = Object.hasOwn(own, name) ? own[name] : undefined
      if (usual === undefined) {
        const names = Object.keys(own)
        const there = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`
        throw new SpinupError('badInput', `${visual} has no option called ${name}; ${there}.${didYouMean(name, names)}`)
      }
      if (typeof usual === 'string') return [name, text]
      if (typeof usual === 'boolean') {
        if (/^(on|yes|true|1)$/i.test(text)) return [name, true]
        if (/^(off|no|false|0)$/i.test(text)) return [name, false]
        throw new SpinupError('badInput', `${name} is on or off, not ${text}.`)
      }
      const number = Number(text)
      if (text === '' || !Number.isFinite(number))
        throw new SpinupError('badInput', `${name} is a number, not ${text}.`)
      return [name, number]
    }),
  )
}

interface Wish {
  readonly fromAt: number
  readonly toAt: number
  readonly needs: VisualNeeds
}

async function gather(services: Services, state: PoolState, { fromAt, toAt, needs }: Wish): Promise<VisualData> {
  const { pool } = state
  const stats = needs.stats ?? []
  const members = state.members.filter((member) => counts(member)).map(({ id }) => id)
  const lines = stats.flatMap((stat) =>
    [null, ...(needs.byMember === true ? members.slice(0, MOST_MEMBERS) : [])].map((member) => ({ stat, member })),
  )
  const most = needs.byMember === true ? POINTS.byMember : POINTS.most
  const points = Math.max(2, Math.min(most, Math.round(needs.points ?? POINTS.usual)))
  const [series, tags, stretches, events] = await Promise.all([
    Promise.all(
      lines.map(async ({ stat, member }): Promise<VisualSeries> => {
        const { at, value, min, max } = await services.series.range(pool.id, member, stat, fromAt, toAt, points)
        return {
          stat,
          unit: unitOf(stat),
          member,
          at,
          value: value.map(short),
          min: min.map(short),
          max: max.map(short),
        }
      }),
    ),
    Promise.all((needs.tags ?? []).map((name) => services.texts.counts(pool.id, name, fromAt, toAt, MOST_TEXTS))),
    services.series.together(pool.id, 'cpu', fromAt, toAt),
    eventsOf(services, state, fromAt, toAt),
  ])
  const counted = memberCounts(state, stretches, { fromAt, toAt }, toAt)
  return {
    pool: pool.name,
    timeZone: pool.policy.timeZone,
    fromAt,
    toAt,
    series,
    tags,
    members: { at: counted?.at ?? [], value: counted?.value ?? [], most: pool.policy.max },
    events,
    cost: costByDay(state, stretches, { fromAt, toAt }, zoneOf(pool.policy.timeZone)),
  }
}

/** Seven digits are what is kept of a value; three more would only be sent. null: none. */
function short(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(5))
}

/** Oldest first: those the pool remembers, with their reasons, and before them what the audit has. */
async function eventsOf(
  services: Services,
  state: PoolState,
  fromAt: number,
  toAt: number,
): Promise<readonly VisualEvent[]> {
  const remembered = state.episodes
    .filter(({ startedAt, from, to }) => startedAt >= fromAt && startedAt <= toAt && from !== to)
    .toSorted((a, b) => a.startedAt - b.startedAt)
    .map(({ startedAt, endedAt, direction, from, to, reason }) => ({
      at: startedAt,
      endedAt,
      direction,
      from,
      to,
      reason,
    }))
  const oldest = Math.min(toAt, ...state.episodes.map(({ startedAt }) => startedAt))
  const earlier = oldest <= fromAt ? [] : await scaleEvents(services, state.pool.id, fromAt, oldest)
  return [
    ...earlier
      .filter(({ ok, from, to }) => ok && from !== to)
      .map(({ at, direction, from, to }) => ({ at, endedAt: at, direction, from, to, reason: '' })),
    ...remembered,
  ]
}

/** What the members that reported cost, by the days of the team's clock. */
function costByDay(
  { pool }: PoolState,
  stretches: readonly Stretch[],
  range: { readonly fromAt: number; readonly toAt: number },
  zone: TimeZone,
): VisualData['cost'] {
  const dollars = new Map<number, number>()
  const since = Math.max(range.fromAt, pool.createdAt)
  for (const { fromAt, toAt, members } of stretches) {
    const wall = fromAt + zone.offsetMs(fromAt)
    const day = Math.floor(wall / DAY_MS)
    const paid = (fleetPrice(pool, Math.max(1, members)) * (toAt - fromAt)) / HOUR_MS
    dollars.set(day, (dollars.get(day) ?? 0) + paid)
  }
  const dayOf = (at: number): number => Math.floor((at + zone.offsetMs(at)) / DAY_MS)
  const [first, last] = [dayOf(since), dayOf(range.toAt)]
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const midnight = (first + index) * DAY_MS
    return { at: instantOf(midnight, zone), dollars: Number((dollars.get(first + index) ?? 0).toFixed(4)) }
  })
}
