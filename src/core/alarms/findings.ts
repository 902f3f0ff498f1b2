import type { Finding, Oddity, Standing } from '../model/finding.ts'
import type { Alarm } from '../model/state.ts'
import type { PoolState } from '../pool/state.ts'
import { percent } from '../model/words.ts'
import { raised } from '../policy/findings/standing.ts'
import { findingWords, oddWords, slowWords } from '../policy/findings/words.ts'
import { goals } from '../policy/load/reading.ts'

/** What the judgement found about the load and people should know of; figures are those of when it was found. */
export function findingAlarms(
  state: Pick<PoolState, 'pool' | 'members'>,
  standing: Readonly<Record<string, Standing>>,
): readonly Omit<Alarm, 'since'>[] {
  return raised(standing).flatMap(({ finding }) => alarmOf(finding, state) ?? [])
}

function alarmOf(
  finding: Finding,
  { pool, members }: Pick<PoolState, 'pool' | 'members'>,
): Omit<Alarm, 'since'> | null {
  switch (finding.kind) {
    case 'ownCpu':
      return {
        id: 'finding:own-cpu',
        tone: 'warn',
        title: 'CPU is busy, but not with visitors',
        text: `CPU is ${percent(finding.cpu)}, and about ${percent(finding.halved)} would remain if requests halved. A clone would not help: it would bring the same work along.`,
        fix: 'Check what else runs there (top, a backup, a cron job, an indexer). Give it a quiet hour, nice -n 19, or a droplet of its own.',
      }
    case 'elsewhere': {
      const stats = goals(pool.policy).map(({ stat }) => stat)
      const asked = stats.find((stat) => stat === 'p95' || stat === 'inflight')
      const held =
        asked === undefined
          ? 'Clones would only wait, too, so none is added for it.'
          : `The policy scales by ${asked}, so clones may be added all the same.`
      return {
        id: 'finding:elsewhere',
        tone: 'warn',
        title: 'Pages are slow, but not for lack of CPU',
        text: `${slowWords(finding)}. They wait for something else: a database, another service, a disk or a lock. ${held}`,
        fix: 'Look at what the pages call. Should clones help all the same, scale by it: /spinup policy also=p95:1.',
      }
    }
    case 'noHelp':
      return {
        id: 'finding:no-help',
        tone: 'warn',
        title: 'Clones do not help',
        text: `${findingWords(finding, false)} I add no more while the load stays as it is, and try another one from time to time.`,
        fix: 'Check what uses the CPU on the members (top). A balancer that counts requests would show which part is visitors’.',
      }
    case 'member': {
      const { memberId, odd } = finding
      const clone = members.some(({ id, role }) => id === memberId && role === 'clone')
      return {
        id: `finding:member:${memberId}`,
        tone: 'warn',
        title: `${memberId} is not like the others`,
        text: `${oddWords(memberId, odd)}. ${NO_LARGER}`,
        fix: `${FIX[odd.how]}${clone ? ` ${AGAIN[pool.policy.replaceSick]}` : ''}`,
        ...(clone
          ? {
              actions: [
                { action: `run:/spinup remove ${memberId}`, label: `Remove ${memberId}`, style: 'danger' as const },
              ],
            }
          : {}),
      }
    }
    case 'open':
      return null
  }
}

const NO_LARGER = 'A larger pool would not change that.'

const AGAIN = {
  on: 'Another takes its place as soon as one more is allowed.',
  off: 'Or remove it; /spinup policy replace-sick=on has another take its place.',
} as const

const FIX: Readonly<Record<Oddity['how'], string>> = {
  dear: 'Check what else runs on it (top), and whether it is as warm and as new as the others.',
  stolen: 'Its host is crowded: a droplet on another host, or a size with dedicated CPUs, is not affected.',
  slow: 'Look at its disk, its memory and what it calls.',
  disagrees: 'Check what runs on it (top), and whether its agent reports for the right droplet.',
  stat: 'Check whether the program that reports it on that droplet works.',
}
