import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clip } from '../../../../src/core/model/letters.ts'
import { bare, code, escape, fenced, prose } from '../../../../src/chat/discord/render/escape.ts'
import { active, PAYLOAD, read } from './hostile.ts'

describe('text from outside on Discord', () => {
  it('is literal, whatever markup it has', () => {
    assert.equal(escape('**b** _i_ [t](https://x.y) ||s||'), String.raw`\*\*b\*\* \_i\_ \[t\](https\://x.y) \|\|s\|\|`)
    assert.equal(escape('# not a heading'), String.raw`\# not a heading`)
    assert.equal(escape('1. not a list'), String.raw`1\. not a list`)
    assert.equal(escape('-# not small'), String.raw`\-# not small`)
    assert.deepEqual(active(escape(PAYLOAD, 1000)), [])
    assert.equal(read(escape(PAYLOAD, 1000)), PAYLOAD.replaceAll('\n', ' '))
  })

  it('leaves everyday words as they are', () => {
    const everyday = 'CPU at 93 % for 10 s (target 60 %), at 14:02; shop-origin 8.0.2, $0.018/h → $0.036/h'
    assert.equal(escape(everyday), everyday)
  })

  it('calls nobody, not even in code', () => {
    for (const text of ['@everyone', '@HERE', '<@813200000000000001>', '<@&8132>', '<#8132>']) {
      for (const made of [escape(text), code(text), fenced(text), ...prose(text)]) {
        assert.doesNotMatch(made, /@(everyone|here)|<(@[!&]?|#)\d/i)
        assert.equal(read(made.replaceAll('`', '')), text)
      }
    }
  })

  it('cannot end the code it stands in', () => {
    assert.ok(!fenced('a```b````c').includes('``'))
    assert.equal(code('a`b'), String.raw`a\`b`)
    assert.equal(code('/spinup pin 3'), '`/spinup pin 3`')
  })

  it('keeps plain words in backticks as code, and nothing else', () => {
    assert.deepEqual(prose('Run `systemctl restart spinup-agent`.'), ['Run `systemctl restart spinup-agent`.'])
    assert.deepEqual(prose('Not `@everyone`'), ['Not \\`@\u200Beveryone\\`'])
  })

  it('lets a web address be followed only where that was asked for', () => {
    assert.deepEqual(prose('At https://a.b/c?d=e_f.', 99, true), ['At <https://a.b/c?d=e_f>.'])
    assert.deepEqual(prose('At https://a.b/c', 99), [String.raw`At https\://a.b/c`])
    assert.deepEqual(active(prose('https://a.b/)[x](https://c.d> @everyone', 99, true).join('\n')), [])
  })

  it('has no control characters, turned writing or half characters', () => {
    assert.equal(bare('a\u0000b\u001B[31mc\u202Ed\u2066e\uD83D\r\nf', 99), 'ab[31mcde\uFFFD f')
  })

  it('is cut between letters as people see them, and quickly', () => {
    assert.equal(clip('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 13), '👩‍👩‍👧‍👦…')
    assert.equal(clip('abc', 3), 'abc')
    assert.ok(escape(`${' '.repeat(5_000_000)}x`).length <= 200)
    assert.ok(bare('e\u0301'.repeat(1_000_000), 100).length <= 100)
  })

  it('is found out by the test that looks for it', () => {
    assert.ok(active('**open').length > 0)
    for (const text of PAYLOAD.split(' ').filter((word) => /^[*_~`|<[:@]/.test(word) && word !== '**x**')) {
      assert.ok(active(text).length > 0 || text === '`c`', text)
    }
  })
})
