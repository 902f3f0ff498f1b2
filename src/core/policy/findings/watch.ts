import type { FindingMemory } from '../../model/finding.ts'
import type { LoadMemory } from '../../model/load.ts'
import type { Policy } from '../../model/policy.ts'
import { goals, type Reading } from '../load/reading.ts'
import { followHelp, noHelp } from './clones-help.ts'
import { elsewhere, followPages, openOnes } from './elsewhere.ts'
import { followMembers } from './figures.ts'
import { membersDiffer } from './members-differ.ts'
import { followOwn, ownCpu } from './own-cpu.ts'
import { stand } from './standing.ts'

/** Further looks than this are no stretch of time that anything was seen in, s. */
const LONGEST_S = 60

/** What a look adds to what is found about a pool's load; `load`: with this look's samples in it. */
export function watch(
  load: LoadMemory,
  reading: Reading,
  policy: Policy,
  now: number,
): Pick<LoadMemory, 'found' | 'help'> {
  const before = load.found
  const passedS = before.at === 0 ? 0 : Math.min(LONGEST_S, Math.max(0, now - before.at) / 1000)
  const help = followHelp(load.help, reading, passedS, now)
  // Nobody is heard: what was found is neither seen nor gone.
  if (reading.heard.length === 0) return { help, found: { ...before, at: now, now: [] } }
  const members = followMembers(before.members, reading.heard, passedS, now)
  const own = followOwn(before.own, load, reading, passedS)
  const waits = elsewhere(before, reading, now)
  const shows = [
    noHelp(help),
    ownCpu(own),
    waits ?? openOnes(reading),
    ...membersDiffer(members, reading.heard, goals(policy), now),
  ].filter((finding) => finding !== null)
  const pages = followPages(before, reading, passedS, now)
  const found: FindingMemory = {
    at: now,
    members,
    own,
    pages,
    now: shows,
    standing: stand(before.standing, shows, now),
  }
  return { help, found }
}
