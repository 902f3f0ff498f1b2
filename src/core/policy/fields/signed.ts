import { STAT_NAME } from '../../model/sample.ts'
import { unitOf } from '../../model/words.ts'
import { field, isNone, listOf, NONE, Wrong } from './field.ts'

const MOST = 16
const WANTED = `at most ${MOST} names of statistics that are no fractions, e.g. temperature, or none`

/** Stats that may be below zero; agents' reports of any other that is are refused. */
export const signed = field({
  name: 'signed',
  key: 'signed',
  meaning: 'reported statistics that may be below zero; a negative value of any other is refused',
  example: 'signed=temperature,drift',
  text: (stats) => (stats.length === 0 ? NONE : stats.join(',')),
  parse: (text) => (isNone(text) ? [] : [...new Set(text.split(',').map((part) => part.trim()))]),
  check: (value) => {
    const stats = listOf(value, MOST, WANTED).map((stat) => (typeof stat === 'string' ? stat : ''))
    if (stats.every((stat) => STAT_NAME.test(stat) && unitOf(stat) !== 'fraction')) return [...new Set(stats)]
    throw new Wrong(WANTED)
  },
})
