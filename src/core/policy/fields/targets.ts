import { STAT_NAME } from '../../model/sample.ts'
import { percent, unitOf } from '../../model/words.ts'
import { isWithin, numberOf, shareOf, Wrong } from './field.ts'

const LEAST_SHARE = 0.05
const MOST_SHARE = 0.99

/** The value to keep a statistic at, as it is typed: a share of the droplet, or a number in its own unit. */
export function targetOf(stat: string, text: string): number | undefined {
  return unitOf(stat) === 'fraction' ? shareOf(text) : numberOf(text)
}

/** A target that fits its statistic. `place` and `part` say where it stands in a greater value. */
export function checkTarget(
  stat: string,
  value: unknown,
  at: { readonly place?: string; readonly part?: string } = {},
): number {
  const share = unitOf(stat) === 'fraction'
  const [least, most] = share ? [LEAST_SHARE, MOST_SHARE] : [Number.MIN_VALUE, Infinity]
  if (isWithin(value, least, most)) return value
  throw new Wrong(
    share ? `a share from ${percent(LEAST_SHARE)} to ${percent(MOST_SHARE)}, e.g. 60%` : 'a number above zero',
    {
      missing: at.place !== undefined && value === undefined,
      ...(at.place === undefined ? {} : { place: at.place }),
      ...(share ? { plain: `a share from ${LEAST_SHARE} to ${MOST_SHARE}, e.g. 0.6` } : {}),
      ...(at.part === undefined || typeof value !== 'number' ? {} : { part: [at.part, targetText(stat, value)] }),
    },
  )
}

/** A target as it is typed. */
export function targetText(stat: string, target: number): string {
  return unitOf(stat) === 'fraction' ? `${Math.round(target * 1000) / 10}%` : String(target)
}

/** The name of a statistic. */
export function checkStat(value: unknown, place = ''): string {
  if (typeof value === 'string' && STAT_NAME.test(value)) return value
  const wanted = 'a statistic’s name, such as cpu or queue_depth'
  throw new Wrong(wanted, { place, missing: place !== '' && value === undefined })
}
