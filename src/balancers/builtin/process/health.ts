import { request as httpRequest } from 'node:http'
import type { Logger } from 'pino'
import type { Member } from './member.ts'
import type { Members } from './members.ts'

/** All in ms, except `cuts` and `bad` (in a row). */
export interface HealthLimits {
  /** Between checks of a healthy member. */
  readonly everyMs: number
  /** Between checks of one that is not healthy yet, or just failed. */
  readonly eagerMs: number
  /** A check of an unhealthy member that takes longer is tried again. */
  readonly checkMs: number
  /** A member that answers nothing for so long while another one does is stalled. */
  readonly stallMs: number
  /** Refused or cut connections that take a member out, and failed checks that do. */
  readonly cuts: number
  readonly bad: number
  /** A member that has not answered a request for so long is given up on for that request. */
  readonly answerMs: number
}

export const HEALTH_LIMITS: HealthLimits = {
  everyMs: 1000,
  eagerMs: 200,
  checkMs: 2000,
  stallMs: 3000,
  cuts: 3,
  bad: 3,
  answerMs: 60_000,
}

export interface Health {
  /** A member answered a request. */
  answered(member: Member): void
  /** A member refused or cut a connection. */
  cut(member: Member): void
  stop(): void
}

interface Checking {
  dueAt: number
  /** When the check under way was sent. */
  since: number | null
  abort: () => void
  bad: number
  good: number
}

/**
 * Judges members by active checks of `path` and by how requests fare. Slowness alone never takes a member out: a
 * saturated server still answers one thing after another, a dead or stopped one answers nothing.
 */
export function createHealth(options: {
  readonly members: Members
  readonly path: string
  readonly limits: HealthLimits
  readonly now: () => number
  /** Called when waiting requests should try again. */
  readonly wake: () => void
  readonly log: Logger
}): Health {
  const { members, path, limits, now, wake, log } = options
  const checks = new WeakMap<Member, Checking>()

  const checkOf = (member: Member): Checking => {
    let check = checks.get(member)
    if (check === undefined) {
      check = { dueAt: 0, since: null, abort: () => undefined, bad: 0, good: 0 }
      checks.set(member, check)
    }
    return check
  }
  const anotherServes = (member: Member) => {
    for (const other of members.all())
      if (other !== member && other.healthy && !other.draining && now() - other.answeredAt < limits.stallMs) return true
    return false
  }

  const eject = (member: Member, why: string) => {
    if (!member.healthy) return
    member.healthy = false
    const check = checkOf(member)
    check.good = 0
    check.dueAt = now() + limits.eagerMs
    log.warn({ member: member.address.url, why }, 'member taken out')
  }
  const welcome = (member: Member) => {
    const first = !member.proven
    member.healthy = true
    member.proven = true
    log.info({ member: member.address.url }, first ? 'member in service' : 'member taken back')
    if (first) members.save().catch((error: unknown) => log.error({ error }, 'members not saved'))
    wake()
  }

  const passed = (member: Member, check: Checking) => {
    member.answeredAt = now()
    member.cuts = 0
    check.bad = 0
    check.good += 1
    // A returning member shows it twice, unless there is nobody else to serve meanwhile.
    if (!member.healthy && (!member.proven || check.good >= 2 || !anotherServes(member))) welcome(member)
  }
  const failed = (member: Member, check: Checking, why: string) => {
    check.good = 0
    check.bad += 1
    if (check.bad >= limits.bad) eject(member, why)
  }

  const run = (member: Member, check: Checking) => {
    const { hostname, port, address } = { ...member.address, address: member.address.key }
    check.since = now()
    let over = false
    const end = (outcome: () => void) => {
      if (over) return
      over = true
      check.since = null
      outcome()
      check.dueAt = now() + (member.healthy && check.bad === 0 ? limits.everyMs : limits.eagerMs)
    }
    const call = httpRequest({
      host: hostname,
      port,
      path: member.healthPath ?? path,
      agent: false,
      // An answer without end (somebody's event stream) would stay open, one more with every check.
      signal: AbortSignal.timeout(limits.answerMs),
      headers: { host: address.slice('http://'.length), 'user-agent': 'spinup-balancer-health', connection: 'close' },
    })
    call.on('response', (answer) => {
      answer.resume()
      answer.on('error', () => undefined)
      const status = answer.statusCode ?? 0
      if (status >= 200 && status < 300) end(() => passed(member, check))
      else {
        member.answeredAt = now()
        end(() => failed(member, check, `${member.healthPath ?? path} answered ${status}`))
      }
    })
    call.on('error', (error) => end(() => failed(member, check, error.message)))
    check.abort = () => {
      check.good = 0
      end(() => undefined)
      call.destroy()
    }
    call.end()
  }

  const tick = () => {
    const at = now()
    let served = false
    for (const member of members.everyone())
      for (const pending of member.pending) if (at - pending.since > limits.answerMs) pending.give('timeout')
    for (const member of members.all()) {
      served ||= member.healthy && !member.draining
      if (member.draining) continue
      const check = checkOf(member)
      if (check.since === null) {
        if (at >= check.dueAt) run(member, check)
        continue
      }
      const waited = at - check.since
      if (
        member.healthy &&
        waited > limits.stallMs &&
        at - member.answeredAt > limits.stallMs &&
        anotherServes(member)
      ) {
        eject(member, `answered nothing for ${limits.stallMs} ms`)
        check.abort()
        for (const pending of member.pending) pending.give('stalled')
      } else if (waited > (member.healthy ? limits.answerMs : limits.checkMs)) check.abort()
    }
    // Requests that met a member's bad moment wait though it is healthy.
    if (served) wake()
  }
  const timer = setInterval(tick, limits.eagerMs / 2)

  return {
    answered(member) {
      member.answeredAt = now()
      member.cuts = 0
    },
    cut(member) {
      member.cuts += 1
      checkOf(member).dueAt = 0
      if (member.cuts >= limits.cuts) eject(member, 'refuses or cuts connections')
    },
    stop() {
      clearInterval(timer)
      for (const member of members.all()) checkOf(member).abort()
    },
  }
}
