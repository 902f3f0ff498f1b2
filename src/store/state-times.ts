/** Fields that hold a time, epoch ms, or a list or record of them; kept apart from numbers by their names. */
const TIMES = /^(at|since|left|changes|sick|arriving|done)$|At$|Since$/
/** Of those, what may lie ahead. */
const AHEAD = /^(expiresAt|deadlineAt)$/
/** The times of agents and of the provider, which no clock of ours sets. */
const THEIRS = /^(sampleAt|recent|strangers)$/
/** Fields of the state whose times stay as they are: they name cards and tags, or are shown as they were. */
const FIXED = /^(pool|untold|clock|nextMember|alarm:.*)$/
/** What another clock may be ahead without anything being wrong, ms. */
const NEAR_MS = 5000
/** The judgement's memory is made from samples, too. */
const NEAR_SAMPLES_MS = 60_000

/**
 * A stored field of a pool's state as it is after the clock was set by `by` ms: its times are as long ago, and as far
 * ahead, as they were. What then still claims to have happened after `now` was kept by a clock that nobody saw being set:
 * all of its times go back together so far that it happened just now.
 */
export function afterSteps(field: string, json: string, by: number, now: number): string {
  if (FIXED.test(field)) return json
  const before: unknown = JSON.parse(json)
  const newest = newestOf(field, before) + by
  const near = field === 'memory' ? NEAR_SAMPLES_MS : NEAR_MS
  const shift = newest > now + near ? by + (now - newest) : by
  return shift === 0 ? json : JSON.stringify(renewed(field, shifted(field, before, shift)))
}

/** A worker that holds an operation as it was is not to write its old times back. */
function renewed(field: string, value: unknown): unknown {
  if (!field.startsWith('operation:') || !isRecord(value)) return value
  return { ...value, version: Number(value['version']) + 1 }
}

function shifted(name: string, value: unknown, by: number): unknown {
  // 0 stands for never.
  if (typeof value === 'number') return TIMES.test(name) && value > 0 ? Math.max(1, value + by) : value
  if (Array.isArray(value)) return value.map((one: unknown) => shifted(typeof one === 'number' ? name : '', one, by))
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, THEIRS.test(key) ? one : shifted(nameIn(name, key, one), one, by)]),
  )
}

/** The newest time of what has happened; 0: none. */
function newestOf(name: string, value: unknown): number {
  if (typeof value === 'number') return TIMES.test(name) && !AHEAD.test(name) ? value : 0
  if (Array.isArray(value)) {
    return Math.max(0, ...value.map((one: unknown) => newestOf(typeof one === 'number' ? name : '', one)))
  }
  if (!isRecord(value)) return 0
  return Math.max(
    0,
    ...Object.entries(value).map(([key, one]) => (THEIRS.test(key) ? 0 : newestOf(nameIn(name, key, one), one))),
  )
}

/** The entries of a record of times, `silentSince: { 'web-2': … }`, are named by the record. */
function nameIn(name: string, key: string, value: unknown): string {
  return typeof value === 'number' && TIMES.test(name) && !TIMES.test(key) ? name : key
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
