import { SpinupError } from '../model/error.ts'
import type { About } from './drawing.ts'
import { thereAre } from '../model/words.ts'

/** One state of a team's visualisation; `by` is the name of who saved it. */
export interface VisualVersion {
  /** 1, 2, 3, … */
  readonly number: number
  /** Epoch ms. */
  readonly at: number
  readonly by: string
  /** Of its source, UTF-8. */
  readonly bytes: number
  /** The version it brought back; null: it was written. */
  readonly from: number | null
  readonly about: About
}

/** A visualisation that a team wrote: what there is of it, newest first, and never nothing. */
export interface OwnVisual {
  readonly name: string
  readonly versions: readonly [VisualVersion, ...VisualVersion[]]
  /** Epoch ms; null: it is there. */
  readonly removedAt: number | null
}

/** What one team may keep. */
export const MOST = { visuals: 50, versions: 20, sourceBytes: 64 * 1024, keptBytes: 256 * 1024 }

/** What a version is made of. */
export interface NewVersion {
  readonly at: number
  readonly by: string
  readonly bytes: number
  readonly from: number | null
  readonly about: About
}

/** With one more version; the oldest go where there are more than 20, or more than 256 KiB of sources. */
export function withVersion(before: OwnVisual | null, name: string, version: NewVersion): OwnVisual {
  const old = before?.versions ?? []
  const newest: VisualVersion = { ...version, number: (old[0]?.number ?? 0) + 1 }
  let bytes = newest.bytes
  const kept = old.filter((one, index) => (bytes += one.bytes) <= MOST.keptBytes && index < MOST.versions - 1)
  return { name, versions: [newest, ...kept], removedAt: null }
}

/** The version that undoing comes back to: that one, or the one before; of what was removed, the last. Throws `notFound`, `conflict`. */
export function earlier({ name, versions, removedAt }: OwnVisual, number: number | null): VisualVersion {
  const [newest, before] = versions
  if (number === null) {
    const found = removedAt === null ? before : newest
    if (found !== undefined) return found
    throw new SpinupError('conflict', `${name} has only one version; \`/spinup visuals remove ${name}\` takes it away.`)
  }
  const found = versions.find((one) => one.number === number)
  if (found === undefined) {
    const there = thereAre(versions.map((one) => String(one.number)))
    throw new SpinupError('notFound', `${name} has no version ${number} any more; ${there}.`)
  }
  if (found === newest && removedAt === null)
    throw new SpinupError('conflict', `Version ${number} is what ${name} is now.`)
  return found
}

/**
 * Which removed one has to go so that another has room; null: there is room. Throws `limited` where all of them are in use.
 */
export function toForget(all: readonly OwnVisual[]): string | null {
  if (all.length < MOST.visuals) return null
  const [oldest] = all
    .filter(({ removedAt }) => removedAt !== null)
    .toSorted((a, b) => (a.removedAt ?? 0) - (b.removedAt ?? 0))
  if (oldest !== undefined) return oldest.name
  const message = `There are ${MOST.visuals} visualisations already, which is as many as a team may keep; remove one first.`
  throw new SpinupError('limited', message, { retryable: false })
}

/** A name as it is compared: letters and digits alone, in lower case. */
export function plainName(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
}

/** The name as it is kept. Throws `badInput` for one that cannot be typed after `/spinup show`, or that is taken. */
export function newName(text: string, taken: readonly string[]): string {
  const name = text.trim()
  if (!/^[a-z][a-z0-9-]{1,31}$/.test(name)) {
    const why = 'a visualisation is called by 2 to 32 small letters, digits and dashes, the first a letter'
    throw new SpinupError('badInput', `“${name.slice(0, 40)}” is not a name: ${why}. Nothing was kept.`)
  }
  const same = taken.find((other) => plainName(other) === plainName(name))
  if (same !== undefined) throw new SpinupError('conflict', `There is “${same}” already; give yours another name.`)
  return name
}
