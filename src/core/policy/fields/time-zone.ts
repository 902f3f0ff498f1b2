import { timeZoneOf } from '../../model/time-zone.ts'
import { field, Wrong } from './field.ts'

/** The clock that `until 18:00` is meant by. */
export const timeZone = field({
  name: 'time-zone',
  key: 'timeZone',
  meaning: 'the time zone for times of day, for people without one of their own',
  example: 'time-zone=Europe/Berlin',
  text: (name) => name,
  parse: (text) => text.trim(),
  check: (value) => {
    if (typeof value === 'string' && isZone(value)) return value
    throw new Wrong('a time zone such as Europe/Berlin or UTC')
  },
})

/** Whether it is the name of a time zone. */
export function isZone(name: string): boolean {
  try {
    timeZoneOf(name)
    return true
  } catch {
    return false
  }
}
