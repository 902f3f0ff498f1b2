import { SpinupError } from '../../core/model/error.ts'
import { didYouMean } from '../../core/model/nearest.ts'
import type { VisualView } from '../../core/model/view.ts'
import { parseDuration, thereAre } from '../../core/model/words.ts'
import { calledSo } from '../../core/pool/member-called.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { ChartTheme } from '../../core/model/chart.ts'
import type { Drawing, NamedVisual, Problem, VisualSpec } from '../../core/visual/drawing.ts'
import { plainName } from '../../core/visual/library.ts'
import type { VisualNeeds, VisualOptions } from '../../core/visual/visual.ts'
import { keepPicture } from '../reports/chart.ts'
import type { Services } from '../services.ts'
import { gather } from './data.ts'

/** What is to be shown: a visualisation by its name or title, of these names, over so long (ms; null: as it says itself). */
export interface ShowAsked {
  readonly visual: string
  readonly of: readonly string[]
  readonly rangeMs: number | null
  readonly options: Readonly<Record<string, string>>
}

const DEFAULT_RANGE_MS = 86_400_000
const LONGEST_RANGE_MS = 35 * 86_400_000
/** So many names of others stand on a card, the team's own first. */
const MOST_OTHERS = 12

/** Up to which instant a picture is (epoch ms), and by what it is known. */
export interface Shown {
  readonly toAt: number
  /** The same names the same picture, also where two bots draw it. */
  readonly id: string
}

/** Draws a visualisation of a pool's data; its picture is kept as its data, for every platform and theme. */
export async function showView(
  services: Services,
  state: PoolState,
  asked: ShowAsked,
  { toAt, id }: Shown = { toAt: services.now(), id: services.newId() },
): Promise<VisualView> {
  const { pool } = state
  const tenant = pool.tenant ?? null
  const all = await visualsOf(services, tenant)
  const called = visualCalled(all, asked.visual)
  const { name, about, version } = called
  const source = version === null ? null : await services.ownVisuals.source(tenant, name, version)
  if (version !== null && source === null) throw noneCalled(all, asked.visual)
  const { spec, names, fromAt } = await specOf(services, state, { called, source, asked, toAt })
  const alt = (await services.visuals.describe(spec)) || `${about.title} of ${pool.name}.`
  const reference = { id: `${pool.id}.show-${id}`, title: about.title, alt }
  // Without its picture, its words are there.
  await keepPicture(services, pool, reference, spec)
  const others = all.map((one) => one.name).filter((other) => other !== name)
  return {
    kind: 'visual',
    pool: pool.name,
    title: about.title,
    names,
    fromAt,
    toAt,
    others: others.slice(0, MOST_OTHERS),
    chart: reference,
  }
}

/** Draws a module that is being written, and keeps nothing. Throws `notFound`, `badInput` for what is asked wrongly. */
export async function attemptView(
  services: Services,
  state: PoolState,
  source: string,
  asked: Omit<ShowAsked, 'visual'>,
  theme: ChartTheme,
): Promise<(Drawing & Pick<NamedVisual, 'about'>) | Problem> {
  const about = await services.visuals.check(state.pool.tenant ?? null, source)
  if ('kind' in about) return about
  const called = { name: 'this one', about }
  const wanted = { called, source, asked: { ...asked, visual: '' }, toAt: services.now() }
  const { spec } = await specOf(services, state, wanted)
  const drawn = await services.visuals.attempt(spec, theme)
  return drawn.kind === 'drawn' ? { ...drawn, about } : drawn
}

/** A visualisation that may be shown; `version`: of the team's own; null: it is shipped. */
export interface KnownVisual extends NamedVisual {
  readonly version: number | null
}

/** What a team may show: what it wrote, then what is shipped. */
export async function visualsOf(services: Services, tenant: string | null): Promise<readonly KnownVisual[]> {
  const [own, shipped] = await Promise.all([services.ownVisuals.of(tenant), services.visuals.all()])
  return [
    ...own
      .filter(({ removedAt }) => removedAt === null)
      .map(({ name, versions: [{ about, number }] }) => ({ name, about, version: number })),
    ...shipped.map((one) => ({ ...one, version: null })),
  ]
}

async function specOf(
  services: Services,
  state: PoolState,
  wish: {
    readonly called: NamedVisual
    readonly source: string | null
    readonly asked: ShowAsked
    readonly toAt: number
  },
): Promise<{ readonly spec: VisualSpec; readonly names: readonly string[]; readonly fromAt: number }> {
  const { called, source, asked, toAt } = wish
  const { name, about } = called
  const { pool } = state
  const needs = await named(services, pool.id, asked.of, about.needs, name)
  const options = optionsOf(asked.options, about.options, name)
  if (asked.rangeMs !== null && asked.rangeMs > LONGEST_RANGE_MS)
    throw new SpinupError('badInput', `That is too long: at most ${LONGEST_RANGE_MS / 86_400_000} days.`)
  const wanted = asked.rangeMs ?? parseDuration(about.needs.range ?? '') ?? DEFAULT_RANGE_MS
  const fromAt = toAt - Math.min(LONGEST_RANGE_MS, wanted)
  const data = await gather(services, state, { fromAt, toAt, needs })
  const drawn = { kind: 'visual', name, tenant: pool.tenant ?? null, height: about.height, data, options } as const
  return {
    spec: source === null ? drawn : { ...drawn, source },
    names: [...(needs.stats ?? []), ...(needs.tags ?? [])],
    fromAt,
  }
}

/** By its name or title, however it is spaced; nothing of a team's own stands in for what is shipped. Throws `notFound` with those there are. */
function visualCalled(all: readonly KnownVisual[], wanted: string): KnownVisual {
  const is = (text: string): boolean => plainName(text) === plainName(wanted)
  const shippedFirst = all.toSorted((a, b) => Number(a.version !== null) - Number(b.version !== null))
  const found = shippedFirst.find(({ name }) => is(name)) ?? shippedFirst.find(({ about }) => is(about.title))
  if (found !== undefined) return found
  throw noneCalled(all, wanted)
}

function noneCalled(all: readonly KnownVisual[], wanted: string): SpinupError {
  const names = all.map(({ name }) => name)
  const meant = didYouMean(plainName(wanted), names)
  return new SpinupError('notFound', `There is no visualisation called ${wanted}; ${thereAre(names)}.${meant}`)
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
    there.length === 0 ? `none has been reported yet.${how}` : `${thereAre(there)}.${didYouMean(wanted ?? '', there)}`
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
