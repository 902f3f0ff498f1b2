import type { AgentAbout, ClockTrouble } from '../model/agent-about.ts'
import { CLOCK_TOLERANCE_MS } from '../model/report.ts'
import { duration } from '../model/words.ts'

export const SET_BY_NETWORK = 'Have that machine set its clock by the network: sudo timedatectl set-ntp true'

/** What is the matter with the clocks, by how much; null: nothing. */
export function wordsOfClocks({ off, set }: ClockTrouble): { readonly title: string; readonly text: string } | null {
  const machines = off.map(
    ({ host, offMs }) => `${host} is ${duration(Math.abs(offMs))} ${offMs < 0 ? 'behind' : 'ahead of'} Redis’s`,
  )
  if (machines.length > 0) {
    return {
      title: machines.length === 1 ? 'A clock is off' : `${machines.length} clocks are off`,
      text: `The clock of ${machines.join(', that of ')}. Spinup uses Redis’s clock, so nothing is late or early.`,
    }
  }
  if (set === null) return null
  const how = `${set.byMs < 0 ? 'back' : 'forward'} by ${duration(Math.abs(set.byMs))}`
  return {
    title: `The clock was set ${how}`,
    text: `The clock of Redis’s machine, which Spinup uses, was set ${how}. What was under way, pins and questions last as long as they would have.`,
  }
}

/** Clocks that are off, in words. */
export interface ClockWords {
  readonly title: string
  readonly text: string
  readonly fix: string
}

/** One that has not reported for so long may have been set right. */
const RECENT_MS = 120_000

/** Which droplets' clocks are `leastMs` or more away from Redis's, by which all bots go, and whose fault that is; null: none is. */
export function wordsOfAgentClocks(agents: ReadonlyMap<string, AgentAbout>, leastMs: number): ClockWords | null {
  const recent = [...agents].filter(([, { reportedAgoMs }]) => reportedAgoMs < RECENT_MS)
  const off = recent.filter(([, { clockAheadMs }]) => Math.abs(clockAheadMs) >= leastMs)
  const [first] = off
  if (first === undefined) return null
  const aheads = off.map(([, { clockAheadMs }]) => clockAheadMs)
  const spread = Math.max(...aheads) - Math.min(...aheads)
  if (off.length > 1 && off.length === recent.length && spread <= CLOCK_TOLERANCE_MS) {
    return {
      title: `Redis’s clock is ${behind(aheads[0]!)}, compared with every droplet’s`,
      text: 'Samples are corrected by that much, so they count. Times in chat and schedules use Redis’s clock.',
      fix: 'On Redis’s machine: sudo timedatectl set-ntp true',
    }
  }
  const each = off.map(([id, { clockAheadMs }]) => `${id} is ${ahead(clockAheadMs)}`)
  return {
    title: off.length === 1 ? `The clock of ${each[0]}` : `${off.length} droplets’ clocks are wrong`,
    text: `${off.length === 1 ? '' : `By Redis’s clock, ${each.join(', ')}. `}Samples are corrected by that much, so they count; logs, certificates and tokens there have the wrong time.`,
    fix: `On ${off.map(([id]) => id).join(', ')}: sudo timedatectl set-ntp true`,
  }
}

function ahead(ms: number): string {
  return `${duration(Math.abs(ms))} ${ms > 0 ? 'ahead' : 'behind'}`
}

function behind(aheadMs: number): string {
  return ahead(-aheadMs)
}
