import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clip, cut, letters } from '../../../src/core/model/letters.ts'

/** Letters as people see them that are several code points each. */
const WHOLE = {
  'a family': '👩‍👩‍👧‍👦',
  'a flag': '🇩🇪',
  'a flag within a country': '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  'a skin tone': '👍🏽',
  'a keycap': '1️⃣',
  'an accent of its own': 'e\u0301',
  Devanagari: 'नि',
  jamo: '\u1112\u1161\u11AB',
}

describe('cutting a text', () => {
  for (const [what, letter] of Object.entries(WHOLE)) {
    it(`never goes through ${what}`, () => {
      for (let most = 1; most <= 3 * letter.length + 6; most++) {
        const text = `ab${letter.repeat(3)}z`
        const short = cut(text, most)
        assert.ok(short.length <= most)
        assert.ok(text.startsWith(short))
        assert.match(short, new RegExp(`^(a|ab(${letter}){0,3}z?)$`, 'u'))
        assert.match(clip(text, most), new RegExp(`^(a?…|ab…|ab(${letter}){0,3}(…|z))$`, 'u'))
        assert.ok(clip(text, most).length <= most)
      }
      assert.deepEqual(letters(letter), [letter])
    })
  }

  it('leaves what fits as it is, and takes no time for megabytes', () => {
    assert.equal(clip('short', 5), 'short')
    assert.equal(cut('👍'.repeat(500_000), 5), '👍👍')
    assert.equal(clip('e' + '\u0301'.repeat(1_000_000), 10), '…')
  })

  it('closes an isolate that it cuts', () => {
    for (let most = 2; most < 14; most++) {
      const short = clip('by \u2068מרים כהן\u2069, now', most)
      assert.ok(short.length <= most)
      assert.equal(short.split('\u2068').length <= short.split('\u2069').length, true, JSON.stringify(short))
    }
  })
})
