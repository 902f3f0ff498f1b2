import { SpinupError } from '../../model/error.ts'
import { NO_PLATFORMS, type Platforms } from '../../model/platforms.ts'
import type { Policy } from '../../model/policy.ts'

/** Everything there is to say about one setting: how it is typed and read, what it takes, and who may change it. */
export interface Entry<K extends keyof Policy> {
  /** As typed: `/spinup policy target=50%`. */
  readonly name: string
  /** As policy files name it, and the code. */
  readonly key: K
  readonly meaning: string
  readonly example: string
  /** Where `approvers` are set it is theirs to change while the team is asked first; `always`: whatever the mode. */
  readonly guarded?: 'always'
  /** It is among those the form asks for; all others are typed. */
  readonly asked?: true
  readonly text: (value: Policy[K], policy: Policy) => string
  /** What was typed as a plain value, right or not; undefined: it cannot be read. Throws `Wrong`. */
  readonly parse: (text: string, policy: Policy) => unknown
  /** The one judgement of a value, however it came: the value as it is kept. `platforms`: where it names people. Throws `Wrong`. */
  readonly check: (value: unknown, policy: Policy, platforms: Platforms) => Policy[K]
}

/** One setting as every way in uses it. */
export interface PolicyField extends Pick<Entry<keyof Policy>, 'name' | 'key' | 'meaning' | 'example'> {
  readonly guarded?: 'always'
  readonly asked?: true
  readonly read: (policy: Policy) => string
  /** Sets it from text; throws `SpinupError` `badInput` that says what is wanted. */
  readonly write: (policy: Policy, text: string, platforms?: Platforms) => Policy
  /** Sets it from plain data, as a policy file holds it; throws the same. */
  readonly take: (policy: Policy, value: unknown, platforms?: Platforms) => Policy
}

/** The setting of an entry. */
export function field<K extends keyof Policy>({ text, parse, check, ...about }: Entry<K>): PolicyField {
  const { name, key } = about
  const set = (policy: Policy, judge: () => Policy[K], refuse: (wrong: Wrong) => string): Policy => {
    try {
      return { ...policy, [key]: judge() }
    } catch (error) {
      throw error instanceof Wrong ? new SpinupError('badInput', refuse(error)) : error
    }
  }
  return {
    ...about,
    read: (policy) => text(policy[key], policy),
    write: (policy, typed, platforms = NO_PLATFORMS) =>
      set(
        policy,
        () => check(parse(typed, policy), policy, platforms),
        ({ wanted, part: [what, said] = [name, typed] }) =>
          `${what}=${said} is not understood: it takes ${wanted}. Nothing was changed.`,
      ),
    take: (policy, value, platforms = NO_PLATFORMS) =>
      set(
        policy,
        () => check(value, policy, platforms),
        ({ wanted, plain, place, missing }) =>
          `${key}${place} ${missing ? 'is missing: it takes' : 'takes'} ${plain ?? wanted}`,
      ),
  }
}

/** A value that does not fit. */
export class Wrong extends Error {
  readonly wanted: string
  /** Where in the value: `[0].target`. */
  readonly place: string
  readonly missing: boolean
  /** What is wanted of plain data, where that is another. */
  readonly plain: string | undefined
  /** The part that is wrong, as it is typed: `also: memory`, `850%`. */
  readonly part: readonly [what: string, said: string] | undefined
  constructor(
    wanted: string,
    more: { place?: string; missing?: boolean; plain?: string; part?: readonly [string, string] } = {},
  ) {
    super(wanted)
    this.wanted = wanted
    this.place = more.place ?? ''
    this.missing = more.missing ?? false
    this.plain = more.plain
    this.part = more.part
  }
}

/** What clears a setting, and how a cleared one reads. */
export const NONE = 'none'

export function isNone(text: string): boolean {
  return text.trim().toLowerCase() === NONE
}

/** `60%`, `60` or `0.6` as a share; undefined when it is none. */
export function shareOf(text: string): number | undefined {
  const number = Number(text.replace('%', '').trim())
  if (text.trim() === '' || Number.isNaN(number)) return undefined
  return text.includes('%') || number > 1 ? number / 100 : number
}

/** A number as it is typed or shown, thousands with or without commas; undefined when it is none. */
export function numberOf(text: string): number | undefined {
  const plain = text.trim().replaceAll(/,(?=\d{3}\b)/g, '')
  return /^\d*\.?\d+(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : undefined
}

/** Dollars as people write them: `$50`, `50 USD`, `1k`; undefined when it is no amount. */
export function dollarsOf(text: string): number | undefined {
  const plain = text
    .trim()
    .replaceAll(/^(?:usd|us\$|\$)\s*|\s*(?:usd|us\$|\$|dollars?|bucks)$|(?<=\d)[ '](?=\d{3}\b)/gi, '')
  const thousands = /^(.*\d)\s*k$/i.exec(plain)?.[1]
  const number = numberOf(thousands ?? plain)
  return number === undefined || thousands === undefined ? number : number * 1000
}

/** Whether it is a number within these bounds, which may be infinite; it itself may not. */
export function isWithin(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most
}

/** A list of at most so many. */
export function listOf(value: unknown, most: number, wanted: string): readonly unknown[] {
  if (!Array.isArray(value) || value.length > most) throw new Wrong(wanted)
  return value
}

/** Named values, of these names alone. */
export function namedValues(
  value: unknown,
  names: readonly string[],
  place: string,
  wanted: string,
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Wrong(wanted, { place })
  const odd = Object.keys(value).find((name) => !names.includes(name))
  if (odd !== undefined) throw new Wrong(`${wanted}, and has no field ${odd}`, { place })
  return value as Readonly<Record<string, unknown>> // an object's own values, each unknown
}
