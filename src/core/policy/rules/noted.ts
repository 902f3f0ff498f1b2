import type { Finding } from '../../model/finding.ts'
import type { Rule } from '../../model/decision.ts'
import { raised } from '../findings/standing.ts'
import { findingWords } from '../findings/words.ts'
import { goals } from '../load/reading.ts'
import { FULL } from '../load/witnesses.ts'
import type { JudgeRule } from '../rule.ts'
import { missingWords } from './fallback.ts'
import { contradictions } from './target.ts'

/** Where these had the last word, the load is what people ask about. */
const OF_LOAD: ReadonlySet<Rule> = new Set(['target', 'withinTolerance', 'notQuietLongEnough', 'min', 'max'])

/** Says with the reason what else goes on: what no clone would change, and which member is not like the others. */
export const noted: JudgeRule = ({ size, load, policy, stand, reading }, draft) => {
  if (!OF_LOAD.has(draft.rule)) return draft
  const full = load.need?.stat === 'cpu' && load.need.value >= FULL
  if (load.found.now.length === 0 && stand.missing.length === 0 && !full) return draft
  const known = raised(load.found.standing).map(({ finding }) => finding)
  const shows = load.found.now.filter((finding) => tells(finding, draft.to > size, known))
  const helps = goals(policy).some(({ stat }) => stat === 'p95' || stat === 'inflight')
  const notes = shows.map((finding) => findingWords(finding, helps))
  const against = load.need === null ? null : contradictions(load.need, { reading })
  if (against !== null && !draft.reason.includes(against)) notes.unshift(`CPU is full, but ${against}.`)
  if (stand.missing.length > 0 && draft.rule !== 'fallback') notes.unshift(`${missingWords(stand)}.`)
  return { ...draft, reason: [draft.reason, ...notes].join(' ') }
}

function tells(finding: Finding, grows: boolean, known: readonly Finding[]): boolean {
  switch (finding.kind) {
    case 'ownCpu':
      return true
    case 'elsewhere':
    case 'open':
      return !grows
    case 'member':
      return known.some((one) => one.kind === 'member' && one.memberId === finding.memberId)
    case 'noHelp':
      return false
  }
}
