import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, describe, it } from 'node:test'
import { pino } from 'pino'
import { createLocalRenderer } from '../../src/charts/local-renderer.ts'
import { createQuickChartRenderer, withFallback } from '../../src/charts/quickchart.ts'
import { paletteOf } from '../../src/charts/palette.ts'
import { SpinupError } from '../../src/core/model/error.ts'
import { startFakeQuickChart, type FakeQuickChart } from '../fakes/quickchart.ts'
import { chartLine, chartSpec, FROM, MINUTE, over, pixelsOf } from './specs.ts'

const SIZE = { theme: 'dark', width: 800, height: 360, scale: 1 } as const
const { background, lines, target, textSoft } = paletteOf('dark')

const full = chartSpec({
  lines: [chartLine('web, mean', (share) => (share > 0.5 ? 0.9 : 0.2))],
  counts: { at: [FROM, FROM + 15 * MINUTE], value: [1, 3] },
  target: 0.6,
  events: [
    { at: FROM + 15 * MINUTE, label: '+2', direction: 'out' },
    { at: FROM + 25 * MINUTE, label: '-1', direction: 'in' },
  ],
})

describe('QuickChart', () => {
  let fake: FakeQuickChart
  const local = createLocalRenderer()
  before(async () => {
    fake = await startFakeQuickChart()
  })
  after(async () => {
    await fake.stop()
    await local.close()
  })
  beforeEach(() => {
    fake.fault = null
  })

  it('is sent plain data, and answers with a picture that shows the line, the target and the scale events', async () => {
    const renderer = createQuickChartRenderer({ url: fake.url, deadlineMs: 60_000 })
    const picture = await pixelsOf(await renderer.render(full, { ...SIZE, scale: 2 }))
    assert.deepEqual([picture.width, picture.height], [1600, 720])
    assert.ok(picture.count(background) > 400_000)
    assert.ok(picture.count(lines[0] ?? '') > 1000, 'the line')
    assert.ok(picture.count(target) > 500, 'the target')
    const order = fake.orders.at(-1)!
    assert.deepEqual(
      [order.version, order.format, order.devicePixelRatio, order.backgroundColor],
      ['4', 'png', 2, background],
    )
    const labels = (JSON.parse(order.chart) as { data: { datasets: { label: string }[] } }).data.datasets.map(
      ({ label }) => label,
    )
    assert.deepEqual(labels, ['web, mean  90 %', 'target 60 %', 'members  3', 'scale out +2', 'scale in −1'])
  })

  it('draws the events where they are, and names round times', async () => {
    const renderer = createQuickChartRenderer({ url: fake.url, deadlineMs: 60_000 })
    const picture = await pixelsOf(await renderer.render(full, { ...SIZE, scale: 2 }))
    // Scale in is at five sixths of the plot, which begins after the axis.
    const near = (x: number): number =>
      picture.count(over(textSoft, 0.6, background), { x: x - 12, y: 160, width: 24, height: 150 })
    assert.ok(near(1322) > 10, String(near(1322)))
    assert.equal(near(1250), 0)
    const chart = JSON.parse(fake.orders.at(-1)!.chart) as { options: { scales: { when: { labels: string[] } } } }
    const named = chart.options.scales.when.labels.filter((label) => label !== '')
    assert.deepEqual(named.slice(0, 3), ['14:00', '14:05', '14:10'])
  })

  it('draws whatever a spec can hold', async () => {
    const renderer = createQuickChartRenderer({ url: fake.url, deadlineMs: 60_000 })
    const many = Array.from({ length: 30 }, (_, index) => chartLine(`web-${index}`, () => index / 30))
    const odd = [
      chartSpec({ lines: [] }),
      chartSpec({ lines: [chartLine('gone', () => null)], target: 0.5 }),
      chartSpec({ lines: [chartLine('</script>" + process.exit() + "', () => Number.NaN)] }),
      chartSpec({ lines: many, unit: 'number' }),
      chartSpec({ unit: 'number', lines: [chartLine('requests', (share) => share * 1_250_000)] }),
      chartSpec({ fromAt: FROM, toAt: FROM }),
      chartSpec({
        lines: [{ ...chartLine('steps', (share) => Math.round(share * 3)), stepped: true }],
        unit: 'number',
      }),
    ]
    for (const spec of odd) {
      const picture = await pixelsOf(await renderer.render(spec, { ...SIZE, theme: 'light' }))
      assert.equal(picture.width, 800)
      assert.ok(picture.count(paletteOf('light').background) > 100_000)
    }
    const three = many.slice(0, 3)
    const picture = await pixelsOf(await renderer.render(chartSpec({ lines: three }), SIZE))
    for (const colour of lines.slice(0, 3)) assert.ok(picture.count(colour) > 100, colour)
  })

  it('throws in words when it refuses, is silent, breaks off, or is something else', async () => {
    const cases = [
      ['busy', 'unavailable', /429, Rate limit/],
      ['silent', 'timeout', /within 300 ms/],
      ['cut', 'unavailable', /unreachable/],
      ['page', 'unavailable', /not a PNG/],
      ['huge', 'unavailable', /more than any chart/],
    ] as const
    for (const [fault, code, words] of cases) {
      fake.fault = fault
      const renderer = createQuickChartRenderer({ url: fake.url, deadlineMs: code === 'timeout' ? 300 : 30_000 })
      await assert.rejects(renderer.render(full, SIZE), (error) => {
        assert.ok(error instanceof SpinupError)
        assert.equal(error.code, code, error.message)
        assert.match(error.message, words)
        return true
      })
    }
    const nobody = createQuickChartRenderer({ url: 'http://127.0.0.1:1' })
    await assert.rejects(nobody.render(full, SIZE), /127\.0\.0\.1:1 is unreachable/)
  })

  it('is shown a user and password of its address, and nobody else is', async () => {
    const seen: (string | undefined)[] = []
    const door = createServer((request, response) => {
      seen.push(`${request.url} ${request.headers.authorization}`)
      response.writeHead(503).end()
    }).listen(0, '127.0.0.1')
    await once(door, 'listening')
    const host = `127.0.0.1:${(door.address() as AddressInfo).port}`
    const renderer = createQuickChartRenderer({ url: `http://ada:p%40ss@${host}/q`, deadlineMs: 30_000 })
    await assert.rejects(
      renderer.render(full, SIZE),
      (error) => error instanceof Error && !error.message.includes('ss@'),
    )
    assert.deepEqual(seen, [`/q/chart Basic ${Buffer.from('ada:p@ss').toString('base64')}`])
    door.close()
  })

  it('is stood in for by the local renderer, with one warning until it draws again', async () => {
    const said: string[] = []
    const log = pino({ level: 'info' }, { write: (line) => void said.push((JSON.parse(line) as { msg: string }).msg) })
    let now = 0
    const renderer = withFallback(createQuickChartRenderer({ url: fake.url, deadlineMs: 60_000 }), local, log, {
      now: () => now,
    })
    const here = await local.render(full, SIZE)
    const there = await renderer.render(full, SIZE)
    assert.notDeepEqual(there, here)
    fake.fault = 'busy'
    const asked = fake.orders.length
    for (let index = 0; index < 3; index++) assert.deepEqual(await renderer.render(full, SIZE), here)
    assert.equal(fake.orders.length, asked + 1, 'it is left alone for a while')
    now += 30_000
    assert.deepEqual(await renderer.render(full, SIZE), here)
    assert.equal(fake.orders.length, asked + 2)
    assert.deepEqual(said, ['charts are drawn here until QuickChart draws again'])
    fake.fault = null
    now += 30_000
    assert.deepEqual(await renderer.render(full, SIZE), there)
    fake.fault = 'page'
    assert.deepEqual(await renderer.render(full, SIZE), here)
    assert.deepEqual(said.slice(1), [
      'charts are drawn by QuickChart again',
      'charts are drawn here until QuickChart draws again',
    ])
  })
})
