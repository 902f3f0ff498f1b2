import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { createLocalRenderer } from '../../src/charts/local-renderer.ts'
import { paletteOf } from '../../src/charts/palette.ts'
import type { ChartSpec } from '../../src/core/model/chart.ts'
import { chartLine, chartSpec, FROM, MINUTE, pixelsOf, type Pixels } from './specs.ts'

const dark = paletteOf('dark')
const light = paletteOf('light')

describe('a drawn chart', () => {
  const renderer = createLocalRenderer({ deadlineMs: 120_000 })
  after(() => renderer.close())
  const draw = async (changes: Partial<ChartSpec> = {}): Promise<Pixels> =>
    pixelsOf(await renderer.render(chartSpec(changes), { theme: 'dark' }))

  it('holds each value of a stepped line until the next', async () => {
    const rising = { label: 'size', at: [FROM, FROM + 30 * MINUTE], value: [0, 1] }
    const flat = chartLine('other', () => 0)
    const middle = { x: 700, y: 250, width: 160, height: 200 }
    const straight = await draw({ lines: [rising, flat] })
    const stepped = await draw({ lines: [{ ...rising, stepped: true }, flat] })
    const colour = dark.lines[0] ?? ''
    assert.ok(straight.count(colour, middle) > 50)
    assert.equal(stepped.count(colour, middle), 0)
  })

  it('is a PNG of the size asked for, in device pixels', async () => {
    const png = await renderer.render(chartSpec(), { theme: 'dark' })
    assert.equal(Buffer.from(png.slice(0, 8)).toString('latin1'), '\x89PNG\r\n\x1a\n')
    const usual = await pixelsOf(png)
    assert.deepEqual([usual.width, usual.height], [1600, 720])
    const small = await pixelsOf(
      await renderer.render(chartSpec(), { theme: 'light', width: 400, height: 200, scale: 1 }),
    )
    assert.deepEqual([small.width, small.height], [400, 200])
  })

  it('has text in it', async () => {
    const box = { x: 0, y: 0, width: 1600, height: 70 }
    const titled = await draw()
    const untitled = await draw({ title: '' })
    assert.ok(titled.count(dark.text, box) > 500)
    assert.equal(untitled.count(dark.text, box), 0)
    // The axis' labels, left of the plot.
    assert.ok(titled.count(dark.textFaint, { x: 40, y: 120, width: 90, height: 560 }) > 100)
  })

  it('writes other alphabets with their own letters', async () => {
    const box = { x: 0, y: 0, width: 1600, height: 70 }
    const [a, b] = await Promise.all([draw({ title: 'Жизнь' }), draw({ title: 'Щизнщ' })])
    assert.ok(a.count(dark.text, box) > 100)
    assert.notEqual(a.count(dark.text, box), b.count(dark.text, box))
  })

  it('does not bridge a gap, and shows a value alone in one', async () => {
    // The gap is the middle third of the plot, clear of its ends.
    const middle = { x: 720, y: 150, width: 160, height: 450 }
    const whole = await draw()
    const gap = await draw({ lines: [chartLine('a', (share) => (share > 0.33 && share < 0.67 ? null : 0.3))] })
    const alone = await draw({
      lines: [chartLine('a', (share) => (share > 0.33 && share < 0.67 && share !== 0.5 ? null : 0.3))],
    })
    assert.ok(whole.count(dark.accent, middle) > 300)
    assert.equal(gap.count(dark.accent, middle), 0)
    const dots = alone.count(dark.accent, middle)
    assert.ok(dots > 5 && dots < 80, `${dots} pixels`)
  })

  it('shows the target as a dashed line, and names it', async () => {
    const without = await draw()
    const withTarget = await draw({ target: 0.6 })
    assert.equal(without.count(dark.warn), 0)
    const found = withTarget.count(dark.warn)
    // Whole, the line alone would have 1300 × 2.5 pixels.
    assert.ok(found > 1000 && found < 4000, `${found} pixels`)
  })

  it('marks scale events out and in', async () => {
    const [none, out, into] = await Promise.all([
      draw(),
      draw({ events: oneEvent('out') }),
      draw({ events: oneEvent('in') }),
    ])
    assert.equal(none.count(dark.good), 0)
    assert.ok(out.count(dark.good) > 50)
    assert.equal(into.count(dark.good), 0)
    assert.ok(into.count(dark.textSoft) > none.count(dark.textSoft) + 50)
  })

  it('gives each of eight lines a hue of its own, and a crowd one for all', async () => {
    const eight = await draw({ lines: manyLines(8) })
    for (const hue of dark.lines) assert.ok(eight.count(hue) > 500, hue)
    const crowd = await draw({ lines: manyLines(20) })
    for (const hue of dark.lines.slice(1)) assert.ok(crowd.count(hue) < 200, hue)
  })

  it('adds a strip of member counts', async () => {
    const without = await draw()
    const counted = await draw({ counts: { at: [FROM, FROM + 10 * MINUTE], value: [2, 4] } })
    const strip = { x: 200, y: 520, width: 1000, height: 120 }
    assert.ok(counted.count(dark.textFaint, strip) > without.count(dark.textFaint, strip) + 1500)
  })

  it('says calmly that there are no samples', async () => {
    const middle = { x: 500, y: 150, width: 600, height: 450 }
    const nulls = await draw({ lines: [chartLine('a', () => null)] })
    const nothing = await draw({ lines: [] })
    assert.ok(nulls.count(dark.textFaint, middle) > 200)
    assert.ok(nothing.count(dark.textFaint, middle) > 200)
    assert.equal((await draw()).count(dark.textFaint, middle), 0)
  })

  it('differs between themes', async () => {
    const pictures = await Promise.all(
      (['dark', 'light'] as const).map(async (theme) => pixelsOf(await renderer.render(chartSpec(), { theme }))),
    )
    const grounds = pictures.map((picture) => [picture.count(dark.background), picture.count(light.background)])
    // The light theme's text is nearly as dark as the other's ground.
    assert.ok(grounds[0]![0]! > 500_000 && grounds[0]![1] === 0)
    assert.ok(grounds[1]![0]! < 20_000 && grounds[1]![1]! > 500_000)
  })

  const hostile: Readonly<Record<string, Partial<ChartSpec>>> = {
    'labels without end': {
      title: 'x'.repeat(100_000),
      subtitle: 'y'.repeat(100_000),
      lines: [chartLine('z'.repeat(100_000), () => 0.4), chartLine('w'.repeat(100_000), () => 0.5)],
      events: [{ at: FROM + MINUTE, label: 'v'.repeat(100_000), direction: 'out' }],
    },
    'line breaks, emoji and nothing': {
      title: 'a\n\r\n\u0000🔥',
      subtitle: '',
      lines: ['', '\n', '🔥', '\u202Eabc'].map((label) => chartLine(label, (share) => share)),
    },
    'numbers that are none': {
      lines: [chartLine('a', (share) => [Number.NaN, Infinity, -Infinity, 1e308, 0.5][Math.floor(share * 120) % 5]!)],
      target: Number.NaN,
      counts: { at: [Number.NaN, FROM], value: [Infinity, 2] },
    },
    'huge numbers': { unit: 'number', lines: [chartLine('a', (share) => share * 1e290)], target: -1e200 },
    'no time at all': { fromAt: FROM, toAt: FROM },
    'a hundred thousand years': { fromAt: 0, toAt: 3e15 },
    'an instant no calendar has': { fromAt: 1e300, toAt: 2e300 },
    'lists of different lengths': { lines: [{ label: 'a', at: [FROM, FROM + MINUTE], value: [0.1, 0.2, 0.3] }] },
    'a thousand events': {
      events: Array.from({ length: 1000 }, (_, index) => ({ at: FROM + index * 1500, label: '+1', direction: 'out' })),
    },
  }
  for (const [name, changes] of Object.entries(hostile)) {
    it(`is drawn for ${name}`, async () => {
      const spec = chartSpec(changes)
      const large = await pixelsOf(await renderer.render(spec, { theme: 'light', scale: 1 }))
      assert.ok(large.count(light.background) > 80_000)
      const small = await renderer.render(spec, { theme: 'dark', width: 120, height: 120, scale: 1 })
      assert.ok(small.length > 200)
    })
  }
})

function oneEvent(direction: 'out' | 'in'): ChartSpec['events'] {
  return [{ at: FROM + 15 * MINUTE, label: direction === 'out' ? '+2' : '−1', direction }]
}

function manyLines(count: number): ChartSpec['lines'] {
  return Array.from({ length: count }, (_, index) => chartLine(`web-${index}`, () => 0.1 + index * 0.03))
}
