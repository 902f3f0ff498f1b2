import { hostname } from 'node:os'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { ClockTrouble } from '../core/model/agent-about.ts'
import { messageOf } from '../core/model/error.ts'
import { duration } from '../core/model/words.ts'
import { guard } from './guard.ts'
import { keys } from './keys.ts'

/** The time by which all bots of one Redis go. */
export interface Clock {
  /** Epoch ms by the clock of Redis; between looks it runs on by this process's monotonic one. */
  now(): number
  /** By how much that clock was set in all, ms: what was kept before is to be shifted by what came since. */
  steps(): number
  trouble(): ClockTrouble
}

/** From here on a difference is no drift and no delay on the way. */
const STEP_MS = 2000
/** A machine's clock may be this much off before it is said. */
const OFF_MS = 5000
/** An answer that took longer says too little about when it was. */
const SLOW_MS = 500
const EVERY_MS = 1000
const REPORTED_MS = 15 * 60_000
/** What a bot said of its clock is old after this. */
const RECENT_MS = 30_000

const NOW = `
local now = tonumber(ARGV[1])
if now < 0 then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
`

/**
 * `running` is Redis's time less all steps, so it only ever goes forward with time itself. A bot that finds it elsewhere than
 * ARGV[2] says keeps quiet here, and decides with STEP.
 */
const LOOK = `${NOW}local steps = tonumber(redis.call('HGET', KEYS[1], 'steps') or '0')
local running = now - steps
if ARGV[2] == '' or math.abs(running - tonumber(ARGV[2])) <= ${STEP_MS} then
  redis.call('HSET', KEYS[1], 'beat', string.format('%.0f', running))
end
if math.abs(tonumber(ARGV[4])) >= ${OFF_MS} then
  redis.call('HSET', KEYS[1], 'host:' .. ARGV[3], string.format('%.0f %.0f', running, tonumber(ARGV[4])))
else
  redis.call('HDEL', KEYS[1], 'host:' .. ARGV[3])
end
return {string.format('%.0f', now), string.format('%.0f', steps), redis.call('HGETALL', KEYS[1])}`

/** Books a step, once for all bots: not when another has, or has been running on as if there were none. */
const STEP = `${NOW}local steps = tonumber(redis.call('HGET', KEYS[1], 'steps') or '0')
local beat = tonumber(redis.call('HGET', KEYS[1], 'beat') or '0')
if math.abs(now - steps - beat) <= ${STEP_MS} then return 0 end
local by = tonumber(ARGV[2])
redis.call('HSET', KEYS[1], 'steps', string.format('%.0f', steps + by), 'beat', string.format('%.0f', now - steps - by))
redis.call('HSET', KEYS[1], 'set', string.format('%.0f %.0f', now - steps - by, by))
return 1`

/** Reads the clock of Redis now and then each second, until `stop`. Throws `storeFailed` when the first cannot be had. */
export async function startClock(options: {
  readonly redis: Redis
  readonly log: Logger
  /** This machine's name; its host name unless given. */
  readonly host?: string
  /** Its wall clock, epoch ms. */
  readonly wall?: () => number
  /** A clock that is never set, ms. */
  readonly monotonic?: () => number
  /** Epoch ms in place of Redis's clock. */
  readonly time?: () => number
}): Promise<Clock & { look(): Promise<void>; stop(): Promise<void> }> {
  const {
    redis,
    log,
    host = hostname(),
    wall = Date.now,
    monotonic = () => performance.now(),
    time = () => -1,
  } = options
  /** Redis's time when the monotonic clock stood at `at`. */
  let anchor: { readonly at: number; readonly now: number; readonly steps: number } | null = null
  let latest = 0
  /** Of this machine's clock, by the last answer. */
  let offMs = 0
  let trouble: ClockTrouble = { off: [], set: null }

  const take = (at: number, now: number, steps: number): void => {
    // Drift is followed without going back, a clock that was set to where it went.
    if (latest - now > STEP_MS) latest = 0
    offMs = Math.round(wall() - now - (monotonic() - at))
    anchor = { at, now, steps }
  }
  const look = async (): Promise<void> => {
    const sent = monotonic()
    const expected = anchor === null ? '' : anchor.now - anchor.steps + (sent - anchor.at)
    const answer = (await redis.eval(LOOK, 1, keys.clock, time(), String(expected), host, offMs)) as [
      string,
      string,
      string[],
    ]
    const got = monotonic()
    const [now, steps] = [Number(answer[0]), Number(answer[1])]
    trouble = read(answer[2], now - steps)
    const at = (sent + got) / 2
    if (anchor === null) return take(at, now, steps)
    if (got - sent > SLOW_MS) return
    const by = Math.round(now - steps - (anchor.now - anchor.steps + (at - anchor.at)))
    if (Math.abs(by) <= STEP_MS) return take(at, now, steps)
    const booked = (await redis.eval(STEP, 1, keys.clock, time(), by)) === 1
    // Else this process stood still while others did not: its own clock is the one to be set.
    take(at, now, booked ? steps + by : steps)
    if (booked)
      log.warn({ byMs: by }, `the clock of Redis was set ${by < 0 ? 'back' : 'forward'} by ${duration(Math.abs(by))}`)
  }
  await guard('read its clock', look)()
  let looking: Promise<void> | null = null
  const beat = setInterval(() => {
    looking ??= look()
      .catch((error: unknown) => log.debug({ reason: messageOf(error) }, 'could not look at the clock'))
      .finally(() => (looking = null))
  }, EVERY_MS)
  beat.unref()
  return {
    now: () => {
      const { at, now } = anchor!
      return (latest = Math.max(latest, Math.round(now + monotonic() - at)))
    },
    steps: () => anchor!.steps,
    trouble: () => trouble,
    look,
    stop: async () => {
      clearInterval(beat)
      await looking
    },
  }
}

/** The trouble in the clock's hash; `running` as of now. */
function read(flat: readonly string[], running: number): ClockTrouble {
  const off: { host: string; offMs: number }[] = []
  let set: ClockTrouble['set'] = null
  for (let index = 0; index < flat.length; index += 2) {
    const [field = '', value = ''] = flat.slice(index, index + 2)
    const [at = 0, ms = 0] = value.split(' ').map(Number)
    if (field === 'set' && running - at <= REPORTED_MS) set = { byMs: ms }
    if (!field.startsWith('host:') || Math.abs(running - at) > RECENT_MS) continue
    off.push({ host: field.slice('host:'.length), offMs: ms })
  }
  return { off: off.toSorted((a, b) => a.host.localeCompare(b.host)), set }
}
