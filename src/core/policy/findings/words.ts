import { aboutMember, type Finding, type Oddity, type Standing } from '../../model/finding.ts'
import { duration, percent, plainNumber, statName, statValue } from '../../model/words.ts'

/** Requests that wait are worth a word from so many on. */
const SOME = 5

/** A finding as a sentence, with its figures; `helps`: the team has pages scaled by how long they take, or by how many wait. */
export function findingWords(finding: Finding, helps: boolean): string {
  switch (finding.kind) {
    case 'ownCpu':
      return `About ${percent(finding.own)} CPU remains without requests; a clone would not carry it.`
    case 'elsewhere':
      return `${slowWords(finding)}: they wait for something else${helps ? '' : ', and a clone would not help'}.`
    case 'open':
      return finding.streams
        ? `${finding.count} streams are open: they wait for no CPU, and need no clone.`
        : `${Math.round(finding.count)} requests are open for long: they stream or wait for something other than CPU, and need no clone.`
    case 'noHelp':
      return `CPU stayed at ${percent(finding.cpu)} when the pool grew from ${finding.from} to ${finding.to}; another clone would not help.`
    case 'member':
      return `${oddWords(finding.memberId, finding.odd)}.`
  }
}

/** `Pages take 2.1 s (usually 120 ms) at 8 % CPU, and 40 requests wait`. */
export function slowWords({ seconds, usual, cpu, waiting }: Extract<Finding, { kind: 'elsewhere' }>): string {
  const take = seconds === null ? 'Pages hang' : `Pages take ${duration(seconds * 1000)}`
  const as = usual === null ? '' : ` (usually ${duration(usual * 1000)})`
  const queue = waiting === null || waiting < SOME ? '' : `, and ${Math.round(waiting)} requests wait`
  return `${take}${as} at ${percent(cpu)} CPU${queue}`
}

/** What is odd about a member, as a clause that begins with its name. */
export function oddWords(id: string, odd: Oddity): string {
  switch (odd.how) {
    case 'dear':
      return `${id} uses ${times(odd.value / odd.others)} as much CPU for each request as the others`
    case 'stolen':
      return `${id} does not get ${percent(odd.value)} of its CPU: its host gives that to others`
    case 'slow':
      return `${id} takes ${duration(odd.value * 1000)} for its pages (the others ${duration(odd.others * 1000)}) at ${percent(odd.cpu)} CPU`
    case 'disagrees': {
      const quick = odd.latency === null ? '' : `, answered within ${duration(odd.latency * 1000)}`
      return `${id} reports a full CPU, but its balancer sees ${plainNumber(odd.rps)} requests/s there (the others ${plainNumber(odd.others)})${quick}`
    }
    case 'stat':
      return `${id} shows ${statName(odd.stat)} ${statValue(odd.stat, odd.value)} (the others ${statValue(odd.stat, odd.others)})`
  }
}

/** What people know to be odd about a member, in words; null: nothing. */
export function oddityOf(standing: Readonly<Record<string, Standing>>, id: string): string | null {
  const known = standing[aboutMember(id)]
  return known?.finding.kind === 'member' && known.raisedAt !== null ? oddWords(id, known.finding.odd) : null
}

function times(factor: number): string {
  return `${plainNumber(Math.round(factor * 10) / 10)} times`
}
