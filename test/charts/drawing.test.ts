import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { createLocalRenderer } from '../../src/charts/local-renderer.ts'
import { paletteOf } from '../../src/charts/palette.ts'
import type { ChartSpec } from '../../src/core/model/chart.ts'
import { sizeOf } from '../../src/charts/renderer.ts'
import { textSizes } from '../../src/charts/text.ts'
import { chartLine, chartSpec, FROM, MINUTE, over, pixelsOf, type Box, type Pixels } from './specs.ts'

const dark = paletteOf('dark')
const light = paletteOf('light')
const first = dark.lines[0] ?? ''
const flat = (value: number) => chartLine('flat', () => value)

/** A part of the plot of a usual chart without events or counts, from `left` and `top` in shares of it (0 % at the bottom). */
function at(left: number, top: number, width: number, height: number): Box {
  const plot = { x: 180, y: 177, width: 1030, height: 468 }
  return {
    x: plot.x + left * plot.width,
    y: plot.y + (1 - top) * plot.height,
    width: width * plot.width,
    height: height * plot.height,
  }
}

describe('a drawn chart', () => {
  const renderer = createLocalRenderer({ deadlineMs: 120_000 })
  after(() => renderer.close())
  const draw = async (changes: Partial<ChartSpec> = {}): Promise<Pixels> =>
    pixelsOf(await renderer.render(chartSpec(changes), { theme: 'dark' }))

  it('is a PNG of the size asked for, in device pixels, small, and higher for two stats', async () => {
    const png = await renderer.render(chartSpec(), { theme: 'dark' })
    assert.equal(Buffer.from(png.slice(0, 8)).toString('latin1'), '\x89PNG\r\n\x1a\n')
    assert.ok(png.length < 60_000, `${png.length} bytes`)
    const usual = await pixelsOf(png)
    assert.deepEqual([usual.width, usual.height], [1350, 750])
    const two = await draw({ below: chartSpec() })
    assert.deepEqual([two.width, two.height], [1350, 1000])
    const small = await pixelsOf(
      await renderer.render(chartSpec(), { theme: 'light', width: 400, height: 200, scale: 1 }),
    )
    assert.deepEqual([small.width, small.height], [400, 200])
  })

  it('goes straight from value to value, or holds each until the next; it never swings', async () => {
    // Through these a curve would bend: at three quarters it would be 4 % lower.
    const bent = { label: 'a', at: [0, 15, 30].map((minute) => FROM + minute * MINUTE), value: [0, 0.2, 0.9] }
    const line = await draw({ lines: [bent] })
    const [on, under] = [0.59, 0.545].map((top) => line.count(first, at(0.748, top, 0.004, 0.04)))
    assert.ok(on! > 10 && under === 0, `${on} and ${under} pixels`)
    const ends = { label: 'a', at: [FROM, FROM + 30 * MINUTE], value: [0, 0.99] }
    const stepped = await draw({
      lines: [{ ...ends, stepped: true }],
    })
    const straight = await draw({ lines: [ends] })
    assert.equal(stepped.count(first, at(0.4, 0.6, 0.2, 0.3)), 0)
    assert.ok(straight.count(first, at(0.4, 0.6, 0.2, 0.3)) > 50)
  })

  it('shows what the means are made of as a band, and only where it is wider than the line', async () => {
    const mean = chartLine('web, mean', () => 0.5)
    const band = over(first, 0.24, dark.background)
    const wide = { ...mean, min: mean.at.map(() => 0.3), max: mean.at.map(() => 0.9) }
    const boxes = (picture: Pixels) =>
      [0.8, 0.6, 0.4, 0.2].map((share) => picture.count(band, at(0.4, share, 0.2, 0.04)))
    const [high, upper, lower, under] = boxes(await draw({ lines: [wide] }))
    assert.ok(high! > 500 && upper! > 500 && lower! > 500, `${high} ${upper} ${lower}`)
    assert.equal(under, 0)
    assert.deepEqual(
      boxes(await draw({ lines: [{ ...mean, min: mean.value, max: mean.value }, flat(0)] })),
      [0, 0, 0, 0],
    )
  })

  it('has no band in a gap', async () => {
    const mean = chartLine('web, mean', (share) => (share > 0.33 && share < 0.67 ? null : 0.5))
    const picture = await draw({ lines: [{ ...mean, min: mean.at.map(() => 0.1), max: mean.at.map(() => 0.9) }] })
    const band = over(first, 0.24, dark.background)
    assert.ok(picture.count(band, at(0.1, 0.7, 0.1, 0.1)) > 500)
    assert.equal(picture.count(band, at(0.4, 0.85, 0.2, 0.7)), 0)
  })

  it('rings the highest sample and says whose it was', async () => {
    const ring = { label: 'web-3', at: FROM + 15 * MINUTE, value: 0.9 }
    const [without, marked] = [await draw(), await draw({ peak: ring })]
    const near = at(0.35, 0.97, 0.3, 0.14)
    assert.equal(without.count(dark.text, near), 0)
    assert.ok(marked.count(dark.text, near) > 300)
  })

  it('has text in it', async () => {
    const titled = await draw()
    const untitled = await draw({ title: '' })
    const box = { x: 0, y: 30, width: 1350, height: 60 }
    assert.ok(titled.count(dark.text, box) > 500)
    assert.equal(untitled.count(dark.text, box), 0)
    // The axis' labels, left of the plot.
    assert.ok(titled.count(dark.textFaint, { x: 40, y: 160, width: 120, height: 500 }) > 100)
  })

  it('can be read where it is shown 360 px wide', () => {
    const { text, title } = textSizes(sizeOf(chartSpec(), { theme: 'dark' }).width)
    assert.ok((text * 360) / 540 >= 9 && (title * 360) / 540 >= 11)
  })

  it('writes other alphabets with their own letters, and replaces what it has not', async () => {
    const box = { x: 0, y: 30, width: 1350, height: 60 }
    const letters = async (title: string): Promise<number> => (await draw({ title })).count(dark.text, box)
    const [a, b, asked, replaced] = await Promise.all([
      letters('Жизнь'),
      letters('Щизнщ'),
      letters('??'),
      letters('東京'),
    ])
    assert.ok(a > 100)
    assert.notEqual(a, b)
    assert.equal(replaced, asked)
  })

  it('does not bridge a gap, and shows a value alone in one', async () => {
    const middle = (picture: Pixels) => picture.count(first, at(0.4, 0.9, 0.2, 0.8))
    assert.ok(middle(await draw()) > 300)
    assert.equal(
      middle(await draw({ lines: [chartLine('a', (share) => (share > 0.33 && share < 0.67 ? null : 0.3))] })),
      0,
    )
    const alone = chartLine('a', (share) => (share > 0.33 && share < 0.67 && share !== 0.5 ? null : 0.3))
    const dots = middle(await draw({ lines: [alone] }))
    assert.ok(dots > 5 && dots < 150, `${dots} pixels`)
  })

  it('shows the target as a dashed line of a colour that nothing else has, and names it', async () => {
    const found = (picture: Pixels) => picture.count(dark.target, at(0.3, 0.62, 0.7, 0.04))
    assert.equal(found(await draw()), 0)
    const dashes = found(await draw({ target: 0.6 }))
    // Whole, the line would have 700 × 3.75 pixels.
    assert.ok(dashes > 800 && dashes < 2200, `${dashes} pixels`)
    assert.ok(![...dark.lines, dark.rest, dark.text, dark.good].includes(dark.target))
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

  it('gives each of eight lines a hue of its own, and of a crowd the hottest', async () => {
    const eight = await draw({ lines: manyLines(8) })
    for (const hue of dark.lines) assert.ok(eight.count(hue) > 400, hue)
    assert.equal(eight.count(dark.rest, at(0.2, 0.95, 0.3, 0.9)), 0)
    const crowd = await draw({ lines: manyLines(20) })
    for (const hue of dark.lines) assert.ok(crowd.count(hue) > 400, hue)
    assert.ok(crowd.count(dark.rest) > 4000)
    // The hottest twelfth of the plot is theirs, the coolest the rest's.
    const [top, bottom] = [at(0.2, 0.95, 0.3, 0.2), at(0.2, 0.4, 0.3, 0.35)]
    assert.equal(crowd.count(dark.rest, top), 0)
    for (const hue of dark.lines) assert.equal(crowd.count(hue, bottom), 0, hue)
  })

  it('adds a strip of member counts below, in steps, with how many there may be', async () => {
    const strip = { x: 400, y: 560, width: 700, height: 100 }
    const counts = { at: [FROM, FROM + 10 * MINUTE], value: [2, 4] }
    const [without, counted, most] = [
      await draw(),
      await draw({ counts }),
      await draw({ counts: { ...counts, most: 6 } }),
    ]
    const drawn = (picture: Pixels) => picture.count(dark.textFaint, strip)
    assert.ok(drawn(counted) > drawn(without) + 1000, `${drawn(counted)} of ${drawn(without)}`)
    const faint = (picture: Pixels) => picture.count(dark.axis, strip)
    assert.ok(faint(most) > faint(counted) + 500)
    // A max far above would press the steps to the ground: it is told, and not drawn.
    const far = await draw({ counts: { ...counts, most: 100 } })
    assert.ok(faint(far) < faint(counted) + 100)
  })

  it('has a second stat below on the same time axis', async () => {
    const below = {
      stat: 'p95',
      unit: 'number' as const,
      target: null,
      lines: [chartLine('a', (share) => 100 + 800 * share)],
    }
    const picture = await draw({ below })
    const half = (y: number) => ({ x: 200, y, width: 900, height: 320 })
    assert.ok(picture.count(first, half(180)) > 1000)
    assert.ok(picture.count(first, half(540)) > 1000)
  })

  it('says calmly that there are no samples', async () => {
    const words = (picture: Pixels) => picture.count(dark.textFaint, at(0.3, 0.6, 0.4, 0.4))
    assert.ok(words(await draw({ lines: [chartLine('a', () => null)] })) > 200)
    assert.ok(words(await draw({ lines: [] })) > 200)
    assert.equal(words(await draw()), 0)
  })

  it('reads the clock of the pool', async () => {
    const [utc, berlin, unknown] = await Promise.all([
      renderer.render(chartSpec(), { theme: 'dark' }),
      renderer.render(chartSpec({ timeZone: 'Europe/Berlin' }), { theme: 'dark' }),
      renderer.render(chartSpec({ timeZone: 'Mars/Olympus' }), { theme: 'dark' }),
    ])
    assert.notDeepEqual(berlin, utc)
    assert.deepEqual(unknown, utc)
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
