import type { Alarm } from '../model/state.ts'
import type { PoolState } from '../pool/state.ts'
import type { Refused, UnmanagedDroplet } from '../model/upkeep.ts'
import { timeOfDay, zoneOf } from '../model/time-zone.ts'
import { dollars, duration } from '../model/words.ts'
import { FAILURES_TO_STOP } from '../policy/rules/breaker.ts'
import { UNHEALTHY_MS } from '../pool/comparison.ts'
import { actsAlone } from '../pool/replace.ts'

/** The account may fail to answer for so long before the team is notified. */
const TROUBLE_MS = 30_000

/** What upkeep found and people should know of. */
export function upkeepAlarms(state: PoolState, now: number): readonly Omit<Alarm, 'since'>[] {
  const { upkeep } = state
  const found: Omit<Alarm, 'since'>[] = []
  if (state.memory.stoppedAt !== null) found.push(stopped(state))
  if (upkeep.refused !== null) found.push(refusedAlarm(upkeep.refused))
  if (upkeep.origin !== 'on') found.push(originAway(state, upkeep.origin))
  for (const unmanaged of upkeep.unmanaged) found.push(unknown(state, unmanaged, now))
  for (const id of upkeep.off) {
    found.push({
      id: `off:${id}`,
      tone: 'warn',
      title: `${id} is switched off`,
      text: 'Somebody switched its droplet off; it serves nobody and is billed all the same.',
      fix: 'Switch it on again, or have it removed.',
      actions: [{ action: `run:/spinup remove ${id}`, label: `Remove ${id}`, style: 'danger' }],
    })
  }
  if (!actsAlone(state, now)) found.push(...leftToPeople(state, now))
  if (upkeep.trouble !== null && now - upkeep.trouble.since >= TROUBLE_MS) {
    found.push({
      id: 'account',
      tone: 'bad',
      title: 'The account is unreachable',
      text: upkeep.trouble.reason,
      fix: 'Droplets keep serving; nothing is created or deleted until it answers.',
    })
  }
  return found
}

/** The circuit breaker's card: why, with the last lines of evidence. */
function stopped({ upkeep }: PoolState): Omit<Alarm, 'since'> {
  return {
    id: 'stopped',
    tone: 'bad',
    title: `Creating is stopped: ${FAILURES_TO_STOP} clones failed in a row`,
    text: 'They failed and are deleted. No more are made until somebody has checked why and says to try again; members in service keep serving.',
    fix: 'Look at the evidence: if the snapshot is broken, take a new one with /spinup refresh.',
    facts: upkeep.failures.map(({ memberId, step, reason, startedAt, at }) => ({
      name: memberId,
      value: `${step}, ${duration(at - startedAt)} after the order: ${reason}`,
    })),
    actions: [{ action: 'run:/spinup resume', label: 'Try again', style: 'primary' }],
  }
}

/** Said once, and again only in other words. */
function refusedAlarm({ said, forGood }: Refused): Omit<Alarm, 'since'> {
  return {
    id: 'refused',
    tone: forGood ? 'bad' : 'warn',
    title: forGood ? 'No droplet can be made' : 'No droplet can be made right now',
    text: said,
    fix: 'It is retried as long as one is wanted, at least every two minutes. To ask for fewer: /spinup policy max.',
    actions: [{ action: 'run:/spinup resume', label: 'Try now', style: 'plain' }],
  }
}

function originAway({ pool, members }: PoolState, how: 'off' | 'gone'): Omit<Alarm, 'since'> {
  const name = members.find((member) => member.role === 'origin')?.id ?? pool.name
  return {
    id: 'origin',
    tone: 'bad',
    title: how === 'off' ? `Your droplet ${name} is switched off` : `Your droplet ${name} is gone`,
    text:
      how === 'off'
        ? 'I did not switch it off, and I do not touch it.'
        : 'The account does not have it any more. Clones keep serving, and new ones can be made as long as the snapshot is there.',
    fix:
      how === 'off'
        ? 'Switch it on in the provider’s control panel; it joins again by itself.'
        : 'Connect another droplet with /spinup connect when you are ready.',
  }
}

function unknown(
  { pool }: PoolState,
  { dropletId, name, status, createdAt, dollarsPerHour }: UnmanagedDroplet,
  now: number,
): Omit<Alarm, 'since'> {
  return {
    id: `stranger:${dropletId}`,
    tone: 'warn',
    title: `I do not know the droplet ${name}`,
    text: 'It carries my tags and is no member of the pool. Nothing is deleted unasked: should it serve, or go?',
    fix: null,
    facts: [
      { name: 'Droplet', value: `${dropletId}, ${status}` },
      { name: 'Made', value: timeOfDay(createdAt, now, zoneOf(pool.policy.timeZone)) },
      { name: 'Cost', value: dollarsPerHour === null ? 'unknown' : `${dollars(dollarsPerHour)}/h` },
    ],
    actions: [
      { action: `run:/spinup adopt ${dropletId}`, label: 'Adopt', style: 'primary' },
      { action: `run:/spinup remove ${dropletId}`, label: 'Remove', style: 'danger' },
    ],
  }
}

/** In the modes that ask, an unhealthy clone is not replaced unasked. */
function leftToPeople({ members, upkeep }: PoolState, now: number): readonly Omit<Alarm, 'since'>[] {
  return members
    .filter((member) => member.role === 'clone' && now - (upkeep.unhealthy[member.id] ?? now) >= UNHEALTHY_MS)
    .map((member) => ({
      id: `sick:${member.id}`,
      tone: 'warn' as const,
      title: `${member.id} stays unhealthy`,
      text: `The balancer has found it unhealthy for over ${duration(UNHEALTHY_MS)} and sends it nobody.`,
      fix: 'Have it taken out; the policy adds another when one is needed.',
      actions: [{ action: `run:/spinup remove ${member.id}`, label: `Remove ${member.id}`, style: 'danger' as const }],
    }))
}
