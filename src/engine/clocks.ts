import { duration } from '../core/model/words.ts'
import type { ClockTrouble } from '../core/model/clock.ts'

export const SET_BY_NETWORK = 'Have that machine set its clock by the network: sudo timedatectl set-ntp true'

/** What is the matter with the clocks, by how much; null: nothing. */
export function wordsOfClocks({ off, set }: ClockTrouble): { readonly title: string; readonly text: string } | null {
  const machines = off.map(
    ({ host, offMs }) => `${host} is ${duration(Math.abs(offMs))} ${offMs < 0 ? 'behind' : 'ahead of'} Redis’s`,
  )
  if (machines.length > 0) {
    return {
      title: machines.length === 1 ? 'A clock is off' : `${machines.length} clocks are off`,
      text: `The clock of ${machines.join(', that of ')}. Spinup goes by Redis’s, so nothing is late or early for it.`,
    }
  }
  if (set === null) return null
  const how = `${set.byMs < 0 ? 'back' : 'forward'} by ${duration(Math.abs(set.byMs))}`
  return {
    title: `The clock was set ${how}`,
    text: `That of Redis’s machine, by which Spinup goes, was set ${how}. What was under way, pins and questions last as long as they would have.`,
  }
}
