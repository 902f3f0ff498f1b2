import type { FindingMemory } from '../../model/finding.ts'
import type { LoadMemory } from '../../model/load.ts'
import type { Policy } from '../../model/policy.ts'
import { goals, type Reading } from '../load/reading.ts'
import { followHelp, noHelp } from './clones-help.ts'
import { elsewhere, followPages, openOnes, pagesOf } from './elsewhere.ts'
import { followMembers } from './figures.ts'
import { membersDiffer } from './members-differ.ts'
import { followOwn, ownCpu } from './own-cpu.ts'
import { stand } from './standing.ts'

/** What lasts for minutes is looked for this often, ms: most looks cost nothing. */
const EVERY_MS = 5000
/** A longer gap is no stretch of time that anything was seen in, s. */
const LONGEST_S = 60

/** What a look adds to what is found about a pool's load; `load`: with this look's samples in it, `lastAt`: of the look before. */
export function watch(
  load: LoadMemory,
  reading: Reading,
  policy: Policy,
  lastAt: number,
  now: number,
): Pick<LoadMemory, 'found' | 'help'> {
  const before = load.found
  const help = followHelp(load.help, reading, since(lastAt, now), now)
  if (now >= before.at && now - before.at < EVERY_MS) return { help, found: before }
  // Nobody reports: what was found is neither seen nor gone.
  if (reading.reporting.length === 0) return { help, found: { ...before, at: now, now: [] } }
  const passedS = since(before.at, now)
  const members = followMembers(before.members, reading.reporting, passedS, now)
  const own = followOwn(before.own, load, reading, passedS)
  const pages = pagesOf(reading)
  const waits = elsewhere(before, pages, reading.saturated, now)
  const shows = [
    noHelp(help),
    ownCpu(own),
    waits ?? openOnes(reading),
    ...membersDiffer(members, reading.reporting, goals(policy), now),
  ].filter((finding) => finding !== null)
  const found: FindingMemory = {
    at: now,
    members,
    own,
    pages: followPages(before.pages, pages, passedS, now),
    now: shows,
    standing: stand(before.standing, shows, now),
  }
  return { help, found }
}

function since(at: number, now: number): number {
  return at === 0 ? 0 : Math.min(LONGEST_S, Math.max(0, now - at) / 1000)
}
