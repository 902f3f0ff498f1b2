import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sanitise } from '../../src/visuals/child/sanitise.ts'
import { BOMBS } from './bombs.ts'

const clean = (inside: string, root = ''): { readonly svg: string; readonly leftOut: readonly string[] } =>
  sanitise(`<svg xmlns="http://www.w3.org/2000/svg" ${root}>${inside}</svg>`, 200, 100)

describe('sanitising', () => {
  it('keeps shapes, text, gradients and clipping as they are', () => {
    const inside =
      '<defs><linearGradient id="a"><stop offset="0" stop-color="#fff"></stop></linearGradient></defs>' +
      '<g transform="rotate(3)"><path d="M0 0L1 1" fill="url(#a)"></path><text x="1">a &amp; b &lt; c</text></g>'
    const { svg, leftOut } = clean(inside)
    assert.ok(svg.endsWith(`${inside}</svg>`), svg)
    assert.deepEqual(leftOut, [])
  })

  it('leaves out what is not listed, and says so', () => {
    const { svg, leftOut } = clean('<script>bad</script><g onclick="bad" style="x"><rect href="bad"/></g><image/>')
    assert.ok(svg.endsWith('<g><rect></rect></g></svg>'), svg)
    assert.deepEqual(leftOut, ['<script>', 'onclick of <g>', 'style of <g>', 'href of <rect>', '<image>'])
  })

  for (const value of [
    'url(http://a/b)',
    'URL( "//a" )',
    "url('data:x')",
    'url(#a) url(//b)',
    'u\\72l(//a)',
    'url/**/(//a)',
    'image-set("//a")',
    'IMAGE(//a)',
    'var(--x)',
    'src("//a")',
    'url(a.svg#b)',
    'url(\n//a)',
  ]) {
    it(`takes no ${JSON.stringify(value)} for a colour`, () => {
      const { svg, leftOut } = clean(`<rect fill="${value.replaceAll('"', '&quot;')}"/>`)
      assert.ok(svg.endsWith('<rect></rect></svg>'), svg)
      assert.deepEqual(leftOut, ['fill of <rect>'])
    })
  }

  it('makes the picture as large as it is to be, whatever it says of itself', () => {
    assert.match(
      clean('', 'width="1e9" height="1e9"').svg,
      /width="200" height="100" viewBox="0 0 1000000000 1000000000"/,
    )
    assert.match(clean('', 'width="50%" viewBox="0 0 5 5"').svg, /width="200" height="100" viewBox="0 0 5 5"/)
    assert.match(clean('').svg, /width="200" height="100" viewBox="0 0 200 100"/)
  })

  for (const [what, text, why] of [
    ['a document type', '<!DOCTYPE svg><svg/>', /document type/],
    ['entities', '<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', /document type/],
    ['another document', '<html/>', /begins with <html>/],
    ['two roots', '<svg/><svg/>', /more than one <svg>/],
    ['what is not closed', '<svg><g></svg>', /not well-formed.*line 1/],
    ['nothing', '', /no <svg>/],
    ['no markup', 'hello', /not well-formed/],
    ['too much', `<svg>${'<g/>'.repeat(30_000)}</svg>`, /more than 20000 elements/],
    ['too deep', `<svg>${'<g>'.repeat(50)}${'</g>'.repeat(50)}</svg>`, /deeper than 40/],
    ['too deep where it is left out', `<svg>${'<a>'.repeat(50)}${'</a>'.repeat(50)}</svg>`, /deeper than 40/],
  ] as const) {
    it(`refuses ${what} with a sentence`, () => {
      assert.throws(() => sanitise(text, 200, 100), why)
    })
  }

  it('writes nothing that it would not take again', () => {
    const texts = BOMBS.map(({ code }) => /^return `(<svg.*<\/svg>)`$/s.exec(code)?.[1]).filter(
      (text) => text !== undefined,
    )
    assert.ok(texts.length > 15)
    for (const text of texts) {
      try {
        const { svg } = sanitise(text.replaceAll('\\\\', '\\'), 200, 100)
        assert.deepEqual(sanitise(svg, 200, 100), { svg, leftOut: [] })
      } catch (error) {
        assert.match(String(error), /line \d+ of the SVG/)
      }
    }
  })
})
