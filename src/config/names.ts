import { distance, nearest } from '../core/model/nearest.ts'
import { variables } from './variables.ts'

/** Names with a prefix of ours that others read: the compose file, and what stands beside an agent. */
const OF_OTHERS = /^SPINUP_(?:REPLICAS|AGENT_\w+)$/
/** Other tools' names that look like a slip in one of ours. */
const TAKEN: ReadonlySet<string> = new Set(['SLACK_API_TOKEN', 'REDIS_URI'])
/** Letters that a slip leaves out, adds, changes or swaps. */
const SLIP = { letters: 2, ofShort: 1, short: 10 }

/** The names of `.env`, where all that are like ours are meant for Spinup: what is wrong, a sentence each. */
export function wrongInFile(names: readonly string[]): readonly string[] {
  const known = knownNames()
  const ours = new RegExp(`^(?:${[...new Set(known.map((name) => name.split('_')[0]))].join('|')})_`)
  // The slip may be in how it begins.
  const isMeant = (name: string): boolean => ours.test(asWritten(name)) || slipsOf(asWritten(name), known).length > 0
  const wrong = names.filter((name) => !known.includes(name) && !OF_OTHERS.test(name) && isMeant(name))
  return wrong.map((name) => sentence(name, known))
}

/**
 * The names of a process's environment, which many programs share: what is surely wrong, a sentence each. `given`: the names
 * that have a value there or in `.env`.
 */
export function wrongInEnvironment(names: readonly string[], given: ReadonlySet<string>): readonly string[] {
  const known = knownNames()
  const wrong = names.filter((name) => {
    if (known.includes(name) || OF_OTHERS.test(name) || isOfService(name, given)) return false
    const written = asWritten(name)
    if (written.startsWith('SPINUP_')) return true
    // Where the right one is there too, the other is somebody else's.
    return !TAKEN.has(written) && slipsOf(written, known).some((right) => !given.has(right))
  })
  return wrong.map((name) => `In the environment, ${sentence(name, known)}`)
}

const knownNames = (): readonly string[] => variables().flatMap((group) => group.variables.map(({ name }) => name))

/** Set by Kubernetes, for each service there, such as one that is called spinup. */
function isOfService(name: string, given: ReadonlySet<string>): boolean {
  if (/_SERVICE_(?:HOST|PORT)(?:_\w+)?$|_PORT_\d+_(?:TCP|UDP)(?:_\w+)?$/.test(name)) return true
  return name.endsWith('_PORT') && given.has(name.replace(/PORT$/, 'SERVICE_HOST'))
}

function sentence(name: string, known: readonly string[]): string {
  const like = likeIt(asWritten(name), known)
  return `${name} is read by nothing; ${like === '' ? 'manifests/example.env has all names.' : `did you mean ${like}?`}`
}

/** A name as all of ours are written: in capitals, with _ between its words. */
const asWritten = (name: string): string => name.toUpperCase().replaceAll(/\W/g, '_')

/** The names that somebody meant who slipped, nearest first. */
function slipsOf(name: string, known: readonly string[]): readonly string[] {
  // A name of any length costs no time.
  const near = known.filter((one) => Math.abs(one.length - name.length) <= SLIP.letters)
  return near
    .map((one) => ({ one, letters: distance(name, one) }))
    .filter(({ one, letters }) => letters <= (one.length < SLIP.short ? SLIP.ofShort : SLIP.letters))
    .toSorted((a, b) => a.letters - b.letters)
    .map(({ one }) => one)
}

/** By a slip, or its first and last words, for `SLACK_TOKEN` may be one of two; else by its letters. */
function likeIt(name: string, known: readonly string[]): string {
  const [slip] = slipsOf(name, known)
  if (slip !== undefined) return slip
  const ends = (one: string): string => `${one.split('_')[0]} ${one.split('_').at(-1)}`
  const alike = known.filter((one) => ends(one) === ends(name))
  if (alike.length > 0) return alike.join(' or ')
  const letters = known.map((one) => one.toLowerCase())
  return nearest(name, letters)?.toUpperCase() ?? ''
}
