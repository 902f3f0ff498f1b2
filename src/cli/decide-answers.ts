import { z } from 'zod'
import { messageOf } from '../core/model/error.ts'
import { DEFAULT_POLICY, type Policy } from '../core/model/policy.ts'
import { createCalendar } from '../engine/loop/calendar.ts'
import type { Stats } from '../core/model/sample.ts'
import type { PoolView } from '../simulate/scaler.ts'
import { createSpinup } from '../simulate/spinup.ts'

/** Answers lines of observations with lines of decisions; memory of one pool. */
export interface Answers {
  /** Text as it comes, in pieces of any size; answers every line that is whole by now. */
  take(text: string): readonly string[]
  /** The last line, where no line break ends it. */
  end(): readonly string[]
}

/** Longer lines are refused: thousands of members fit in it, and a stream without line breaks must not fill the memory. */
const LONGEST = 8 * 1024 * 1024
/** The year 5138: a later one is milliseconds. */
const LATEST = 1e11

const seconds = (words: string): z.ZodNumber => z.number({ error: words }).min(0, words)
const instant = seconds('takes seconds, 0 or more').max(LATEST, 'takes seconds, not milliseconds')
const value = seconds('takes a number, 0 or more')
const fraction = value.max(2, 'takes a fraction: 0.93, not 93').nullish()
const ID = 'takes an id, 1 to 200 characters'

const MEMBER = z.object(
  {
    id: z.string({ error: ID }).min(1, ID).max(200, ID),
    phase: z.enum(['inService', 'booting', 'draining'], { error: 'takes inService, booting or draining' }),
    age: seconds('takes seconds in this phase, 0 or more'),
    sampleAt: instant.nullish(),
    stats: z
      .object(
        { cpu: fraction, memory: fraction, psi: fraction, steal: fraction },
        { error: 'takes an object of numbers' },
      )
      .catchall(value.nullish())
      .nullish(),
  },
  { error: 'takes a member: {"id", "phase", "age", "sampleAt", "stats"}' },
)

const OBSERVATION = z.object(
  {
    t: instant,
    members: z.array(MEMBER, { error: 'takes a list of members' }),
    dollarsPerHour: seconds('takes US dollars, 0 or more').nullish(),
  },
  { error: 'takes an object {"t", "members"}' },
)

/** `policy`: what differs from the defaults. */
export function createAnswers(policy: Partial<Policy>): Answers {
  const whole = { ...DEFAULT_POLICY, ...policy }
  const spinup = createSpinup(policy)
  const calendar = createCalendar()
  let last = -Infinity
  let rest = ''
  let tooLong = false

  function judge(line: string): object {
    let data: unknown
    try {
      data = JSON.parse(line)
    } catch (error) {
      return { error: `not JSON: ${messageOf(error)}` }
    }
    const parsed = OBSERVATION.safeParse(data)
    if (!parsed.success) return { error: faults(parsed.error.issues.slice(0, 3), data).join('; ') }
    const { t, members, dollarsPerHour = null } = parsed.data
    if (t < last) return { error: `t went backwards, from ${last} to ${t}` }
    const view: PoolView = { t, members: members.map(viewOf) }
    const ids = new Set(members.map(({ id }) => id))
    if (ids.size < members.length) {
      const twice = members.find(({ id }) => !ids.delete(id))
      return { error: `members: ${JSON.stringify(twice?.id)} is there twice` }
    }
    const unclear = view.members.findIndex((member) => member.stats !== null && member.sampleAt === null)
    if (unclear >= 0) return { error: `members[${unclear}].sampleAt is missing: when were its stats taken?` }
    const windows = whole.calendar.length === 0 ? [] : calendar.open(whole.calendar, t * 1000)
    const { to, reason, rule, wanted } = spinup.judge(view, { windows, dollarsPerHour })
    last = t
    return { t, desired: to, reason, rule, wanted }
  }

  function answer(text: string): readonly string[] {
    // A byte order mark before the first line goes too.
    const line = text.trim()
    if (line === '') return []
    try {
      return [JSON.stringify(judge(line))]
    } catch (error) {
      // The run goes on whatever one line does.
      return [JSON.stringify({ error: messageOf(error) })]
    }
  }

  return {
    take: (text) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      const answers = lines.flatMap((line, index) => {
        if (index > 0 || !tooLong) return answer(line)
        tooLong = false
        return []
      })
      if (rest.length <= LONGEST) return answers
      rest = ''
      if (tooLong) return answers
      tooLong = true
      return [...answers, JSON.stringify({ error: `the line is longer than ${LONGEST} characters` })]
    },
    end: () => (tooLong ? [] : answer(rest)),
  }
}

type Member = z.infer<typeof MEMBER>

/** A member that reports nothing is silent. */
function viewOf(member: Member): PoolView['members'][number] {
  const { id, phase, age, sampleAt = null } = member
  const given = Object.entries(member.stats ?? {}).filter(([, value]) => value !== null && value !== undefined)
  return { id, phase, age, sampleAt, stats: given.length === 0 ? null : (Object.fromEntries(given) as Stats) }
}

/** What a schema found wrong in `data`, one clause each: `members[3].stats.cpu takes a number`. Quotes none of it. */
function faults(issues: readonly z.core.$ZodIssue[], data: unknown): readonly string[] {
  return issues.map(({ path, message }) => {
    const place = path.length === 0 ? 'it' : placeOf(path)
    return isThere(data, path) ? `${place} ${message}` : `${place} is missing: it ${message}`
  })
}

function placeOf(path: readonly PropertyKey[]): string {
  let words = ''
  for (const part of path) {
    if (typeof part === 'number') words += `[${part}]`
    else words += words === '' ? String(part) : `.${String(part)}`
  }
  return words
}

function isThere(data: unknown, path: readonly PropertyKey[]): boolean {
  let place: unknown = data
  for (const part of path) {
    if (typeof place !== 'object' || place === null || !Object.hasOwn(place, part)) return false
    place = (place as Readonly<Record<PropertyKey, unknown>>)[part] // it has it, as just seen
  }
  return true
}
