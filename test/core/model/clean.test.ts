import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clean, isolated, isolatedIn, visible, withoutUnseen } from '../../../src/core/model/clean.ts'

describe('what people and droplets named', () => {
  it('loses what cannot be seen and does harm, and nothing else', () => {
    assert.equal(withoutUnseen('a\u0000\u001B[31m\u0085b\u202Ec\u2066d\u200Ee\u061Cf\u007F'), 'a[31mbcdef')
    assert.equal(withoutUnseen('naïve 名前 👩‍🚀\nשם'), 'naïve 名前 👩‍🚀\nשם')
  })

  it('has one kind of line end, no tab and no half letter', () => {
    assert.equal(clean('a\r\nb\rc\u2028d\te\uD83D'), 'a\nb\nc\nd e\uFFFD')
  })

  it('keeps an isolate that is whole, and none that would end elsewhere', () => {
    assert.equal(clean('by \u2068שם\u2069, 3'), 'by \u2068שם\u2069, 3')
    for (const open of ['\u2068a', 'a\u2069', '\u2069a\u2068', '\u2068a\nb\u2069', '\u2067a\u2069', '\u2068\u2068a'])
      assert.equal(clean(open).replaceAll(/[ab\n]/g, ''), '', JSON.stringify(open))
  })

  it('keeps what an emoji or a letter is made of when only what can be seen is wanted', () => {
    for (const whole of ['👩‍👩‍👧‍👦', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '👩🏽‍🚀', '🏳️‍🌈', 'می‌خواهم', 'क्‍ष', 'ශ්‍රී']) assert.equal(visible(whole), whole)
    for (const dressed of [
      'Ad\u200Ba',
      'Ad\u200Da',
      'A\u202Eda',
      'Ad\u{E0061}a',
      '\uFEFFAda',
      'Ad\u00ADa',
      'Ada\u2069',
    ])
      assert.equal(visible(dressed), 'Ada', JSON.stringify(dressed))
  })
})

describe('names written from right to left', () => {
  it('are isolates, so that numbers beside them keep their place', () => {
    const names = ['מרים', 'مريم', 'ܡܪܝܡ', 'މަރިޔަމް', 'ߡߊߙߌߦߊߡ', 'מרים כהן', 'מרים־כהן', 'مريم ٣']
    for (const name of names) {
      assert.equal(isolated(name), `\u2068${name}\u2069`)
      assert.equal(isolated(`Pinned by ${name}: 3 → 5 members`), `Pinned by \u2068${name}\u2069: 3 → 5 members`)
    }
    assert.equal(isolated('מרים 2'), '\u2068מרים 2\u2069')
    assert.equal(isolated('by מרים, دانا and Ada'), 'by \u2068מרים\u2069, \u2068دانا\u2069 and Ada')
  })

  it('are isolates once, and other names none', () => {
    for (const text of ['by Ada: 3', '名前 3', 'Ünïcødé 👍', '']) assert.equal(isolated(text), text)
    for (const text of ['by מרים: 3 → 5', 'מרים', 'web-מרים-2 is slow\nמרים']) {
      assert.equal(isolated(isolated(text)), isolated(text))
      assert.equal(clean(isolated(text)), isolated(text))
    }
  })

  it('stay as they are where they are typed, copied or pressed', () => {
    const row = { action: 'run:/spinup protect מרים', label: 'Protect מרים', words: [{ code: 'מרים' }, 'מרים'] }
    assert.deepEqual(isolatedIn(row), {
      action: 'run:/spinup protect מרים',
      label: 'Protect \u2068מרים\u2069',
      words: [{ code: 'מרים' }, '\u2068מרים\u2069'],
    })
  })
})
