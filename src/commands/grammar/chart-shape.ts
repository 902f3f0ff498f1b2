import { STAT_NAME } from '../../core/model/sample.ts'

/** `cpu by member`: whether each member is to have a line of its own, and the other words. */
export function readByMember(all: readonly string[]): {
  readonly byMember: boolean
  readonly words: readonly string[]
} {
  const text = all.join(' ')
  const rest = text.replace(/(^|\s)(?:by|per)\s+(?:members?|servers?|droplets?)(?=[\s,]|$)/i, '')
  return { byMember: rest !== text, words: wordsIn(rest) }
}

const PAIR = /(?<=^|\s)([^\s,]+)(?:\s*,\s*(?:and\s+)?|\s+(?:and|with|&|\+)\s+)([^\s,]+)/i

/** `cpu, p95` or `cpu and p95`: the second statistic (null: there is one alone), and the words without it and without commas. */
export function readSecondStat(all: readonly string[]): {
  readonly also: string | null
  readonly words: readonly string[]
} {
  const text = all.join(' ')
  const [pair, first = '', second = ''] = PAIR.exec(text) ?? []
  const two = pair !== undefined && STAT_NAME.test(first) && STAT_NAME.test(second)
  const rest = two ? text.replace(pair, first) : text
  return { also: two ? second : null, words: wordsIn(rest.replaceAll(',', ' ')) }
}

function wordsIn(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}
