import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { after, describe, it } from 'node:test'
import type { VisualData } from '../../src/core/visual/visual.ts'
import { createPreparation } from '../../src/visuals/prepare.ts'
import { createSandbox } from '../../src/visuals/sandbox.ts'
import { EMPTY } from './orders.ts'
import { sampleData, tagsOf } from './sample-data.ts'

const NAMES = ['calendar', 'crowd', 'dailycost', 'gauges', 'heatmap', 'histogram', 'stacked', 'wordcloud']
const DAY = 86_400_000
const EXAMPLES = new URL('../../docs/visuals/', import.meta.url)

describe('the shipped visualisations', () => {
  const preparation = createPreparation()
  const sandbox = createSandbox({ ...preparation, processes: 1 })
  after(async () => {
    await sandbox.close()
    await preparation.close()
  })

  const draw = async (
    name: string,
    data: VisualData,
    canvas = { theme: 'dark' as 'dark' | 'light', width: 540, height: 360 },
    options: Readonly<Record<string, number>> = {},
  ): Promise<{ readonly svg: string; readonly alt: string }> => {
    const outcome = await sandbox.run({
      owner: 'a',
      visual: { name },
      order: { data, options, canvas },
      scale: null,
    })
    assert.ok(outcome.kind === 'drawn', `${name}: ${JSON.stringify(outcome)}`)
    assert.deepEqual(outcome.leftOut, [], name)
    assert.doesNotMatch(outcome.svg, /NaN|undefined|Infinity|\[object/, name)
    return outcome
  }

  /** Texts that begin or end outside of the picture; as wide as letters are at most. */
  const outside = (svg: string, width: number): readonly string[] =>
    [...svg.matchAll(/<text x="([-\d.]+)" y="([-\d.]+)"([^>]*)>([^<]*)/g)]
      .filter(([, x, , more = '', text = '']) => {
        const size = Number(/font-size="([\d.]+)"/.exec(more)?.[1] ?? 13)
        const length = [...text].length * size * 0.5
        const at = Number(x)
        const left = more.includes('"middle"') ? at - length / 2 : more.includes('"end"') ? at - length : at
        return left < -1 || left + length > width + 1
      })
      .map(([whole]) => whole)

  it('are the eight that the help lists', async () => {
    assert.deepEqual((await sandbox.names()).toSorted(), NAMES)
  })

  for (const name of NAMES) {
    it(`${name}: both themes, a phone, nothing to show, and names of people’s own`, async () => {
      const data = sampleData(28 * DAY, 200)
      const dark = await draw(name, data)
      const light = await draw(name, data, { theme: 'light', width: 540, height: 360 })
      const phone = await draw(name, data, { theme: 'light', width: 360, height: 420 })
      assert.notEqual(dark.svg, light.svg)
      assert.deepEqual(outside(dark.svg, 540), [])
      assert.deepEqual(outside(phone.svg, 360), [])
      assert.match(dark.alt, /^[A-Z].*web.*\.$|^web.*\.$/)

      const empty = await draw(name, EMPTY)
      assert.match(empty.alt, /web/)

      const odd = '<b>&"\u202e 中文 🎉 a very long name that goes on and on and on and on'
      const named = await draw(name, {
        ...data,
        pool: odd,
        series: data.series.map((series) => ({
          ...series,
          stat: 'queue',
          unit: 'number',
          member: series.member === null ? null : `${odd} ${series.member}`,
        })),
        tags: [
          {
            name: 'tags',
            counts: [
              { text: odd, count: 3 },
              { text: '', count: 2 },
              { text: 'constructor', count: 1 },
            ],
            other: 0,
          },
        ],
        events: data.events.map((event) => ({ ...event, reason: odd.repeat(5) })),
      })
      assert.doesNotMatch(named.svg, /<b>|🎉/)
    })
  }

  /** One day in which every reported value is another. */
  const oneDay = (stat: string, change: (value: number, place: number) => number | null): VisualData => {
    const data = sampleData(DAY, 200)
    const all = (values: readonly (number | null)[]): readonly (number | null)[] =>
      values.map((value, place) => (value === null ? null : change(value, place)))
    const unit = stat === 'cpu' ? 'fraction' : 'number'
    return {
      ...data,
      series: data.series.map((one) => ({
        ...one,
        stat,
        unit,
        value: all(one.value),
        min: all(one.min),
        max: all(one.max),
      })),
    }
  }
  const altOf = async (name: string, data: VisualData): Promise<string> => (await draw(name, data)).alt

  for (const [what, data] of [
    ['huge values', oneDay('bytes_sent', (value) => value * 1e12)],
    ['tiny values', oneDay('errors', (value) => value * 1e-9)],
    ['values below nothing', oneDay('temperature', (value) => (value - 0.5) * 100)],
    ['equal values', oneDay('queue', () => 7)],
    ['nothing but nought', oneDay('queue', () => 0)],
    ['a report now and then', oneDay('cpu', (value, place) => (place % 3 === 0 ? value : null))],
    ['forty members', { ...sampleData(DAY, 200, 40), members: { at: [0], value: [40], most: 40 } }],
  ] as const) {
    it(`draw ${what} within the picture, each place on the axis with a label of its own`, async () => {
      for (const name of NAMES) {
        const { svg } = await draw(name, data)
        assert.deepEqual(outside(svg, 540), [], name)
        const heights = [...svg.matchAll(/<path d="([^"]+)"/g)].flatMap(([, path = '']) =>
          [...path.matchAll(/[ML](-?[\d.]+)[ ,](-?[\d.]+)/g)].map(([, , y]) => Number(y)),
        )
        const tops = [...svg.matchAll(/<rect x="[^"]*" y="(-?[\d.]+)"/g)].map(([, y]) => Number(y))
        for (const y of [...heights, ...tops]) assert.ok(y >= 0 && y <= 420, `${name}: ${y}`)
        const labels = [...svg.matchAll(/<text[^>]*text-anchor="end"[^>]*>([^<]*)/g)].map(([, text]) => text)
        if (['stacked', 'crowd', 'dailycost'].includes(name)) assert.equal(new Set(labels).size, labels.length, name)
      }
    })
  }

  it('say of odd data what is true', async () => {
    assert.equal(
      await altOf(
        'histogram',
        oneDay('cpu', () => 0.5),
      ),
      'CPU of web was 50 % all the time.',
    )
    assert.equal(
      await altOf(
        'heatmap',
        oneDay('cpu', () => 0.5),
      ),
      'CPU of web was 50 % in each hour that was reported.',
    )
    const none = oneDay('cpu', () => null)
    assert.equal(await altOf('stacked', none), 'No member of web reported in this time.')
    const rare = oneDay('cpu', (_, place) => (place % 3 === 0 ? 0.5 : null))
    assert.match(await altOf('stacked', rare), /web-1 50 %/)
    const day = sampleData(DAY, 200)
    const once = { ...day, events: day.events.slice(0, 1) }
    assert.match(await altOf('calendar', once), /^web scaled once on \d/)
    assert.match(await altOf('dailycost', day), /^web cost \$[\d.]+ on \d+ Nov\.$/)
    assert.match((await draw('dailycost', day)).svg, /in 1 day</)
    const alone = { ...day, series: day.series.slice(0, 2) }
    assert.match((await draw('gauges', alone)).svg, />1 member</)
    assert.match(
      await altOf(
        'gauges',
        oneDay('bytes_sent', () => 4e-10),
      ),
      /^bytes_sent of web now: web-1 4e−10/,
    )
    const cloud = { ...day, tags: [{ name: 'tags', counts: [{ text: 'x'.repeat(300), count: 1 }], other: 0 }] }
    assert.ok((await altOf('wordcloud', cloud)).length < 150)
  })

  it('tell members with long names apart', async () => {
    const data = sampleData(DAY, 100, 40)
    const named = data.series.map((one) => ({
      ...one,
      member: one.member && `a-long-name-in-production-${one.member}`,
    }))
    const { svg } = await draw('gauges', { ...data, series: named })
    const names = [...svg.matchAll(/>(a-[^<]*)</g)].map(([, name]) => name)
    assert.deepEqual([names.length, new Set(names).size], [40, 40])
  })

  for (const file of readdirSync(EXAMPLES)) {
    it(`the example ${file} draws what its comments say, from much and from nothing`, async () => {
      const source = readFileSync(new URL(file, EXAMPLES), 'utf8')
      for (const data of [{ ...sampleData(2 * DAY, 300), tags: tagsOf(30) }, EMPTY]) {
        const order = { data, options: {}, canvas: { theme: 'light' as const, width: 540, height: 360 } }
        const outcome = await sandbox.run({ owner: 'a', visual: { source }, order, scale: null })
        assert.ok(outcome.kind === 'drawn', JSON.stringify(outcome))
        assert.deepEqual(outcome.leftOut, [])
        assert.doesNotMatch(outcome.svg, /NaN|undefined|Infinity/)
      }
    })
  }

  it('draw something whatever number an option is', async () => {
    const canvas = { theme: 'dark' as const, width: 540, height: 360 }
    for (const number of [0, -5, 0.4, 7.5, 1e9]) {
      const { svg } = await draw('wordcloud', { ...EMPTY, tags: tagsOf(12) }, canvas, { most: number })
      assert.match(svg, />redis</, `most=${number}`)
      assert.doesNotMatch(svg, /None were reported/)
      const bars = await draw('histogram', sampleData(DAY, 100), canvas, { bins: number })
      assert.ok(bars.svg.split('<rect').length > 4, `bins=${number}`)
    }
  })

  it('a word cloud has the most frequent words, largest first, and none on another', async () => {
    const { svg } = await draw('wordcloud', { ...EMPTY, tags: tagsOf(60) })
    const sizes = new Map(
      [...svg.matchAll(/font-size="([\d.]+)"[^>]*>([^<]+)</g)].map(([, size, text]) => [text!, Number(size)]),
    )
    assert.ok(sizes.get('redis')! > sizes.get('bolt')! && sizes.get('bolt')! > sizes.get('discord')!)
    for (const word of ['redis', 'bolt', 'slack', 'discord', 'droplet', 'autoscaler']) assert.ok(sizes.has(word), word)
    const boxes = [
      ...svg.matchAll(/translate\((\d+) (\d+)\) rotate\(0\)" text-anchor="middle" font-size="([\d.]+)"[^>]*>([^<]+)</g),
    ].map(([, x, y, size, text]) => ({
      text,
      x: Number(x),
      y: Number(y),
      half: (text!.length * Number(size) * 0.4) / 2,
      size: Number(size),
    }))
    for (const a of boxes) {
      for (const b of boxes) {
        // Of small letters, without what reaches above or below them.
        const meet =
          a !== b && Math.abs(a.x - b.x) < a.half + b.half && a.y - a.size * 0.4 < b.y && b.y - b.size * 0.4 < a.y
        assert.ok(!meet, `${a.text} lies on ${b.text}`)
      }
    }
  })

  it('the crowd is told from its growth to its end, with who came', async () => {
    const { svg, alt } = await draw(
      'crowd',
      { ...sampleData(DAY, 500), tags: tagsOf(0).slice(1) },
      { theme: 'dark', width: 540, height: 420 },
    )
    assert.match(
      svg,
      /A crowd came to web.*11:02 to 12:20: 2 to 5 members.*2 more: CPU is at 84 %.*the highest.*it is over: back to 2 after 1 h 18 min.*Mostly news\.ycombinator\.com \(1,240\)/s,
    )
    assert.match(alt, /2 to 5 members, because CPU is at 84 %/)
  })

  it('a heat map reads the team’s clock, not UTC', async () => {
    const at = Array.from({ length: 7 * 24 }, (_, hour) => Date.UTC(2026, 10, 2, hour))
    const value = at.map((_, hour) => (hour === 8 ? 0.9 : 0.1))
    const series = [{ stat: 'cpu', unit: 'fraction' as const, member: null, at, value, min: value, max: value }]
    const said = async (timeZone: string): Promise<string> =>
      (await draw('heatmap', { ...EMPTY, timeZone, series })).svg
    assert.match(await said('UTC'), /busiest Mon 8:00, 90 %/)
    assert.match(await said('Europe/Berlin'), /busiest Mon 9:00, 90 %/)
    assert.match(await said('America/Los_Angeles'), /busiest Mon 0:00, 90 %/)
  })
})
