import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FONT_PARTS, oneLine } from '../../src/charts/text.ts'
import { drawable } from '../../src/charts/glyphs.ts'
import { codePointsOf } from './woff2.ts'

describe('letters the bundled font has', () => {
  it('are the ones said, in every weight', () => {
    for (const weight of [400, 500, 600]) {
      const has = new Set<number>()
      for (const { subset } of FONT_PARTS) {
        const file = new URL(import.meta.resolve(`@fontsource/inter/files/inter-${subset}-${weight}-normal.woff2`))
        for (const code of codePointsOf(file)) has.add(code)
      }
      assert.ok(has.size > 1500, `${has.size} code points`)
      for (let code = 0x20; code <= 0x1ffff; code += 1) {
        if (code >= 0xd800 && code <= 0xdfff) continue
        const said = drawable(String.fromCodePoint(code))
        // A byte order mark is in the font, and nothing to see.
        if (said !== has.has(code)) assert.equal(code, 0xfeff, `U+${code.toString(16)}`)
      }
    }
  })

  it('are drawn in Latin, Greek, Cyrillic and Vietnamese', () => {
    for (const text of ['Žluťoučký 62 % − Жизнь 3', 'Ελλάδα', 'Đặng Việt', 'Łódź', 'İstanbul ğ', 'Ґанок ў', 'ἀρχή']) {
      assert.equal(oneLine(text), text)
    }
  })

  it('stand in visibly for each one it has not', () => {
    for (const [text, shown] of [
      ['東京-1', '??-1'],
      ['서울 2', '?? 2'],
      ['العربية', '???????'],
      ['עברית', '?????'],
      ['ไทย', '???'],
      ['🔥 hot', '? hot'],
      ['a👩‍👩‍👧b', 'a?b'],
      ['🇩🇪-1', '?-1'],
      ['👍🏽', '?'],
      ['❤️', '?'],
      ['1️⃣', '1'],
      ['web→db', 'web?db'],
    ] as const) {
      assert.equal(oneLine(text), shown, text)
    }
    // How many letters it has depends on who counts them; that they are seen does not.
    assert.match(oneLine('हिन्दी-3'), /^\?+-3$/)
  })

  it('take marks with them where the font has those, and do without the others', () => {
    assert.equal(oneLine('e\u0301'), 'é')
    assert.equal(oneLine('x\u0301'), 'x\u0301')
    assert.equal(oneLine('a\u20ddb'), 'ab')
    assert.equal(oneLine('a\u202eb\u200bc'), 'abc')
    assert.equal(oneLine('Za\u0335\u0336l\u0337go'), 'Zalgo')
  })
})
