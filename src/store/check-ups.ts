import type { Redis } from 'ioredis'
import type { Place } from '../core/model/platforms.ts'
import type { CheckLine } from '../core/model/view.ts'
import { guard } from './guard.ts'
import { keys } from './keys.ts'

/** A check-up under way, or over; its parts are written side by side, by the bot that checks and the one that hears the button. */
export interface CheckUp {
  readonly at: number
  readonly place: Place
  /** What is checked, in order. */
  readonly names: readonly string[]
  /** By the place of their check; one that is missing is still under way. */
  readonly lines: Readonly<Record<number, readonly CheckLine[]>>
  /** null: the button was not pressed, and nobody waits for it any more where `over`. */
  readonly press: CheckLine | null
  /** Rises with every write. */
  readonly version: number
}

/** Where check-ups are kept, for an hour each. Throws `storeFailed`. */
export interface CheckUps {
  begin(id: string, checkUp: Pick<CheckUp, 'at' | 'place' | 'names'>): Promise<void>
  put(id: string, index: number, lines: readonly CheckLine[]): Promise<void>
  /** `first` the first time, for anyone who presses. */
  press(id: string, line: CheckLine): Promise<'first' | 'again' | 'gone'>
  /** What came of the press; also that nobody pressed. */
  pressed(id: string, line: CheckLine): Promise<void>
  read(id: string): Promise<CheckUp | null>
}

const KEPT_SECONDS = 3600

/** KEYS: the check-up. ARGV: field, value, whether only once. Never brings back one that has expired. */
const PUT = `
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
if ARGV[3] == 'once' then
  if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
return redis.call('HINCRBY', KEYS[1], 'version', 1)`

export function createCheckUps(redis: Redis): CheckUps {
  const put = async (id: string, field: string, value: unknown, once = false): Promise<number> =>
    Number(await redis.eval(PUT, 1, keys.checkUp(id), field, JSON.stringify(value), once ? 'once' : 'always'))
  return {
    begin: guard('save the check-up', async (id, checkUp) => {
      await redis
        .multi()
        .hset(keys.checkUp(id), { about: JSON.stringify(checkUp), version: 1 })
        .expire(keys.checkUp(id), KEPT_SECONDS)
        .exec()
    }),
    put: guard('save the check-up', async (id, index, lines) => void (await put(id, `line:${index}`, lines))),
    press: guard('save the press', async (id, line) => {
      const written = await put(id, 'press', line, true)
      return written === -1 ? 'gone' : written === 0 ? 'again' : 'first'
    }),
    pressed: guard('save the press', async (id, line) => void (await put(id, 'press', line))),
    read: guard('read the check-up', async (id) => {
      const fields = await redis.hgetall(keys.checkUp(id))
      const { about, press, version } = fields
      if (about === undefined) return null
      // Written above alone.
      const lines = Object.entries(fields)
        .filter(([field]) => field.startsWith('line:'))
        .map(([field, text]) => [Number(field.slice(5)), JSON.parse(text) as readonly CheckLine[]] as const)
      return {
        ...(JSON.parse(about) as Pick<CheckUp, 'at' | 'place' | 'names'>),
        lines: Object.fromEntries(lines),
        press: press === undefined ? null : (JSON.parse(press) as CheckLine),
        version: Number(version),
      }
    }),
  }
}
