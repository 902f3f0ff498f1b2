import { monthOf, originPrice } from '../model/billing.ts'
import { NOTHING_FOUND } from '../model/finding.ts'
import type { Memory, Observation } from '../model/decision.ts'
import type { LoadMemory } from '../model/load.ts'
import type { Policy } from '../model/policy.ts'
import { NO_HELP_KNOWN } from './findings/clones-help.ts'
import { watch } from './findings/watch.ts'
import { NO_COST } from './load/cost.ts'
import { bootMs, watchBoots } from './load/boots.ts'
import { learn, NOTHING_USUAL } from './load/learn.ts'
import { levelOf, STEADY_MS } from './load/level.ts'
import { EMPTY_OUTLOOK, peaks, replay } from './load/outlook.ts'
import { goals, read, type Reading } from './load/reading.ts'
import { rescale } from './load/rescale.ts'
import { EMPTY_SEASON, note } from './load/season.ts'
import { followMissing, NONE_MISSING, standIn } from './load/stand-in.ts'
import { need, stakes } from './need.ts'

const BIN_MS = 5000
const MINUTE_MS = 60_000
/** The longest look back, minutes. */
const MINUTES = 241
/** A clone is ordered, boots, and is seen: beyond the boot itself. */
const REACTION_MS = 2000
/** How fast the estimate of the noise follows. */
const NOISE_RATE = 0.05
/** Before anything is known: a tenth of a member at a load of one. */
const FIRST_NOISE = 0.01
/** One odd second is worth at most so many times the noise known: a jump is no noise. */
const ODD = 9
/** Standard deviations by which the highest ten seconds of a few minutes pass their mean by chance. */
const CHANCE = 2
/** No pool is larger; an agent may report any number, and nothing here may grow with it. */
const LARGEST = 1000
/** After a gap this long the last minute is no longer the last minute. */
const GAP_MS = 60_000

/** Nothing seen yet. */
export const EMPTY_LOAD: LoadMemory = {
  at: 0,
  sampleAt: 0,
  recent: [],
  noise: 0,
  saturated: 0,
  cost: NO_COST,
  usual: NOTHING_USUAL,
  joined: {},
  served: [],
  left: [],
  arriving: {},
  boots: [],
  bin: { startAt: 0, sum: 0, count: 0 },
  minutes: [],
  minuteAt: 0,
  season: EMPTY_SEASON,
  outlook: EMPTY_OUTLOOK,
  need: null,
  neededAt: [],
  silentSince: {},
  missing: NONE_MISSING,
  spend: { month: '', dollars: 0 },
  found: NOTHING_FOUND,
  help: NO_HELP_KNOWN,
}

/** What a look at the pool adds to the memory; pure, so that a record of looks can be replayed. */
export function notice(observation: Observation, policy: Policy, memory: Memory, now: number): Memory {
  return { ...memory, load: look(observation, policy, memory.load, now).load }
}

/** The same, with the reading it was made from; `asked`: the policy as the team set it. */
export function look(
  observation: Observation,
  asked: Policy,
  before: LoadMemory | null,
  now: number,
): { readonly load: LoadMemory; readonly reading: Reading } {
  const missing = followMissing(before?.missing ?? NONE_MISSING, observation, asked, now)
  const { policy } = standIn(asked, missing, now)
  const old = rescale(before ?? EMPTY_LOAD, goals(policy))
  const gone = departures(observation, old, now)
  const reading = read(observation, policy, { ...old, ...gone }, now)
  const boots = watchBoots(observation, before, now)
  const learned = {
    ...old,
    ...boots,
    at: now,
    missing,
    ...gone,
    silentSince: silence(reading, old, now),
    ...learn(old, reading, now),
    spend: spend(observation, before, now),
  }
  const known = { ...learned, ...watch(learned, reading, policy, old.at, now) }
  const { demand, sampleAt } = reading
  if (demand === null || sampleAt === null) return { reading, load: { ...known, need: null } }

  const horizonMs = bootMs(boots.boots, observation.bootMs ?? null) + Math.max(0, now - sampleAt) + REACTION_MS
  const whole = reading.saturated ? Math.max(demand, old.saturated) : demand
  const fresh = sampleAt > old.sampleAt ? count(known, demand, whole, sampleAt, reading) : known
  const found = levelOf(fresh.recent, fresh.noise, policy.windowMs, horizonMs, reading.means)
  // While members are at their limit they show no more than that: what was made out as it began still stands.
  const saturated = reading.saturated ? Math.max(found.now, fresh.saturated) : 0
  const level = Math.max(found.now, saturated)
  // Guesses go up in stairs as clones come in, which is no rise of what visitors want.
  const current = {
    ...found,
    now: level,
    forecast: reading.guessed || !reading.settled ? level : Math.max(level, found.forecast),
  }
  // Outlooks are replayed without the eye for a drop: what leaves with it is for the rules of scale in to say.
  const heading = Math.max(current.forecast, found.minute)
  const binned = bin({ ...fresh, saturated }, heading, policy, reading, horizonMs)
  const wanted = need(binned, { ...reading, demand }, current, policy, horizonMs, now)
  return { reading, load: { ...binned, need: wanted, neededAt: needed(binned, wanted.keep, reading.size, now) } }
}

/** `demand` as it was seen, `asked` with what was made out before members that are full hid it. */
function count(load: LoadMemory, demand: number, asked: number, sampleAt: number, reading: Reading): LoadMemory {
  const last = load.recent.at(-1)
  const kept = last !== undefined && sampleAt - last.at > GAP_MS ? [] : load.recent
  const recent = [...kept.filter((seen) => seen.at > sampleAt - STEADY_MS - 5000), { at: sampleAt, demand }]
  const sum = { startAt: load.bin.startAt, sum: load.bin.sum + asked, count: load.bin.count + 1 }
  return {
    ...load,
    sampleAt,
    recent,
    noise: noise(load, demand, sampleAt, reading),
    bin: sum,
  }
}

/** Variance of one second's demand: what chance makes of requests of this cost, or what the samples themselves show. */
function noise(load: LoadMemory, demand: number, sampleAt: number, reading: Reading): number {
  const chance = (demand * (reading.cost ?? FIRST_NOISE)) / (reading.goal.stat === 'cpu' ? reading.goal.target : 1)
  const last = load.recent.at(-1)
  if (last === undefined || reading.saturated || sampleAt - last.at > GAP_MS) return Math.max(load.noise, chance)
  const spanS = Math.max(1, (sampleAt - last.at) / 1000)
  const known = load.noise > 0 ? load.noise : Math.max(chance, FIRST_NOISE)
  const seen = Math.min(((demand - last.demand) ** 2 / 2) * spanS, ODD * known)
  return Math.max(1e-6, reading.cost === null ? 0 : chance, known + NOISE_RATE * (seen - known))
}

/** Closes the ten seconds when they are over: into the minutes, the season and the outlooks. */
function bin(load: LoadMemory, heading: number, policy: Policy, reading: Reading, horizonMs: number): LoadMemory {
  const at = load.sampleAt
  if (load.bin.startAt === 0) return { ...load, bin: { ...load.bin, startAt: at }, minuteAt: load.minuteAt || at }
  if (at - load.bin.startAt < BIN_MS || load.bin.count === 0) return load
  const spanMs = at - load.bin.startAt
  // The highest of many is high by chance too: what chance alone would add is taken off.
  const demand = Math.max(0, load.bin.sum / load.bin.count - CHANCE * Math.sqrt((load.noise * 1000) / spanMs))
  const passed = Math.floor((at - load.minuteAt) / MINUTE_MS)
  let minutes = load.minutes
  if (passed === 0 && minutes.length > 0) {
    minutes = [...minutes.slice(0, -1), Math.max(minutes.at(-1)!, round(demand))]
  } else {
    // Minutes nobody reported in went on as the last one did.
    const gap = Array.from({ length: Math.min(Math.max(0, passed - 1), MINUTES) }, () => minutes.at(-1) ?? demand)
    minutes = [...minutes, ...gap, round(demand)].slice(-MINUTES)
  }
  const season = note(load.season, at, demand)
  const noted = { ...load, minutes, season, minuteAt: load.minuteAt + passed * MINUTE_MS }
  const outlook = replay(
    load.outlook,
    {
      at,
      demand,
      peaks: peaks(noted, heading, at, horizonMs).map(round),
      spanMs: Math.min(spanMs, 3 * BIN_MS),
    },
    horizonMs,
    stakes(policy, reading.goal.stat, reading.goal.target, horizonMs),
  )
  return { ...noted, outlook, bin: { startAt: at, sum: 0, count: 0 } }
}

/** When the 1st, 2nd, … member was last needed; those beyond the pool's size are forgotten. */
function needed(load: LoadMemory, keep: number, size: number, now: number): readonly number[] {
  const at: number[] = []
  const length = Math.max(size, Math.min(keep, LARGEST))
  for (let index = 0; index < length; index++) at.push(index < keep ? now : (load.neededAt[index] ?? now))
  return at
}

function departures(observation: Observation, load: LoadMemory, now: number): Pick<LoadMemory, 'served' | 'left'> {
  const served: string[] = []
  for (const { id, phase } of observation.members) if (phase === 'inService') served.push(id)
  const gone = absent(load.served, served)
  if (gone === 0 && load.left.length === 0) return { served, left: load.left }
  const recent = load.left.filter((at) => at > now - GAP_MS)
  return { served, left: [...recent, ...Array.from({ length: gone }, () => load.at)] }
}

/** How many of `before` are not there now; mostly all of them are, in the same order. */
function absent(before: readonly string[], now: readonly string[]): number {
  if (before.length === now.length && before.every((id, index) => id === now[index])) return 0
  const there = new Set(now)
  return before.filter((id) => !there.has(id)).length
}

function silence(reading: Reading, load: LoadMemory, now: number): Readonly<Record<string, number>> {
  if (reading.silent.length === 0) return NOBODY
  return Object.fromEntries(reading.silent.map(({ id }) => [id, load.silentSince[id] ?? now]))
}

const NOBODY: Readonly<Record<string, number>> = {}

/** Adds what the members cost since the last look; a new month begins at nothing. */
function spend(observation: Observation, before: LoadMemory | null, now: number): LoadMemory['spend'] {
  const month = monthOf(now)
  const old = before?.spend.month === month ? before.spend.dollars : 0
  const { dollarsPerHour, originDollarsPerHour } = observation
  if (before === null || !dollarsPerHour) return { month, dollars: old }
  // Leaving ones and an origin that takes no part are paid for, too.
  const rate = observation.members.reduce(
    (sum, { origin, dollarsPerHour: own = dollarsPerHour }) =>
      sum + (origin === true ? originPrice({ dollarsPerHour, originDollarsPerHour }) : own),
    0,
  )
  // Of a stretch that began in another month only what is of this one.
  const since = Math.max(before.at, Date.parse(`${month}-01`))
  return { month, dollars: old + (rate * (now - since)) / 3_600_000 }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
