import { STAT_NAME } from '../../model/sample.ts'
import { unitOf } from '../../model/words.ts'
import { bad, NONE, type PolicyField } from './field.ts'

const MOST = 16

/** Stats that may be below zero; agents' reports of any other that is are refused. */
export const signed: PolicyField = {
  name: 'signed',
  meaning: 'reported statistics that may be below zero; a negative value of any other is refused',
  example: 'signed=temperature,drift',
  read: (policy) => (policy.signed.length === 0 ? NONE : policy.signed.join(',')),
  write: (policy, text) => {
    if (text.trim().toLowerCase() === NONE) return { ...policy, signed: [] }
    const stats = [...new Set(text.split(',').map((part) => part.trim()))]
    const right = stats.every((stat) => STAT_NAME.test(stat) && unitOf(stat) !== 'fraction')
    if (!right || stats.length > MOST) {
      throw bad('signed', text, `at most ${MOST} names of statistics that are no fractions, e.g. temperature, or none`)
    }
    return { ...policy, signed: stats }
  },
}
