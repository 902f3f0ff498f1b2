import type { Option } from '../../chat/grammar.ts'
import { minuteOf } from './time.ts'

/** How long, or until when. */
export const TIME: Option = {
  name: 'time',
  summary: 'How long, such as 90m or 2h, or until when, such as 18:00',
  kind: 'text',
  offers: () => ['10m', '30m', '1h', '2h', '1d'],
  // A bare word that is no duration would be read as the first word of the reason.
  words: (value) => {
    if (/^(for|until)\s/i.test(value)) return value
    return minuteOf(value) === null && !/^tomorrow\b/i.test(value) ? `for ${value}` : `until ${value}`
  },
}

export const REASON: Option = {
  name: 'reason',
  summary: 'Why; the team sees it on the card and in the history',
  kind: 'text',
  // Else a reason such as “2h of tests” would be read as a duration.
  words: (value) => `reason: ${value}`,
}

/** How many members. */
export const COUNT: Option = { name: 'count', summary: 'How many members', kind: 'count', required: true }
