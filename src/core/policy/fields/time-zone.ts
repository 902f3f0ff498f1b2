import { timeZoneOf } from '../../model/time-zone.ts'
import { bad, type PolicyField } from './field.ts'

/** The clock that `until 18:00` is meant by. */
export const timeZone: PolicyField = {
  name: 'time-zone',
  meaning: 'the clock that times of day are meant by, where the one who types has none of their own',
  example: 'time-zone=Europe/Berlin',
  read: (policy) => policy.timeZone,
  write: (policy, text) => {
    const name = text.trim()
    try {
      timeZoneOf(name)
    } catch {
      throw bad('time-zone', text, 'a time zone such as Europe/Berlin or UTC')
    }
    return { ...policy, timeZone: name }
  },
}
