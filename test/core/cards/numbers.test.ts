import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plain } from '../../../src/chat/console/plain.ts'
import type { View } from '../../../src/core/model/view.ts'
import { situations } from '../../chat/situations.ts'

const NOW = Date.UTC(2026, 0, 15, 12)

/** What no number on a card may look like. */
const WRONG: Readonly<Record<string, RegExp>> = {
  'money that is not `$0.018`, `$0.50` or `−$1,234.50`':
    /(?:-\$|\$-|\$(?!(?:\d{1,3}(?:,\d{3})*\.\d\d|0\.\d{2,4})(?!\d|[.,]\d)))(?:\d|-)/,
  'a share that is not `93 %`': /\d%|\.\d+ %/,
  'one of many': /(?<![\d.,])1 (?!(?:ms|has|is|was|yes|times|less|this)\b)[a-z]+s\b/,
  'a noun with a wrong end': /\b\w+[^aeiou]ys\b/,
  'a time of nothing in ms': /(?<![\d.,])0 ms/,
  'no number': /NaN|Infinity|undefined|null|\[object/,
  'a power of ten': /\de[+-]?\d/,
  'digits that are not grouped': /(?<![\d,.:/])\d{5,}/,
  'more digits than anybody reads': /\.\d{5,}/,
  'a hyphen for a minus': /(?:^|[\s(])-\d/,
}

function faults(card: string): readonly string[] {
  // Lines to be typed have a grammar of their own.
  const text = card.replaceAll(/\/spinup .*/g, '')
  return Object.entries(WRONG).flatMap(([what, pattern]) => {
    const found = new RegExp(`.{0,30}(?:${pattern.source}).{0,20}`).exec(text)
    return found === null ? [] : [`${what}: “${found[0]}”`]
  })
}

/** The view with other numbers of the same sort in it; instants stay. */
function distorted(value: unknown, count: number, amount: number): unknown {
  if (typeof value === 'number') return value > 1e11 ? value : Number.isInteger(value) ? count : amount
  if (Array.isArray(value)) return value.map((one) => distorted(one, count, amount))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, distorted(one, count, amount)]))
}

describe('numbers on cards', () => {
  for (const [name, view] of Object.entries(situations(NOW))) {
    it(`are well written for ${name}`, () => {
      assert.deepEqual(faults(plain(view, NOW)), [])
    })

    it(`are well written for ${name}, whatever they are`, () => {
      for (const count of [0, 1, 1234]) {
        for (const amount of [0, 1e-7, 0.5, 0.99999, -5, 1_234_567.8]) {
          const text = plain(distorted(view, count, amount) as View, NOW)
          assert.deepEqual(faults(text), [], `with ${count} and ${amount}`)
        }
      }
    })
  }

  it('would be found: every example of the kind is', () => {
    for (const text of [
      '$0.5',
      '$-5.00',
      '-$5.00',
      '$1234567.80',
      '$1',
      '1 commands',
      'Overloaded 0 ms',
      '5%',
      '2 entrys',
    ])
      assert.equal(faults(text).length > 0, true, text)
    for (const text of ['$0.50', '−$5.00', '$1,234,567.80', '$0.018/h.', '1 command', '10 ms', '21 droplets', '1 ms'])
      assert.deepEqual(faults(text), [], text)
  })
})
