import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { visualCard } from '../../src/core/cards/visual.ts'
import type { View, VisualView } from '../../src/core/model/view.ts'
import type { VisualSpec } from '../../src/core/visual/drawing.ts'
import type { ShowAsked } from '../../src/engine/visuals/show.ts'
import { startRig } from '../engine/rig.ts'
import { running } from '../running.ts'

const HOUR = 3_600_000

describe('show', () => {
  const rig = running(startRig)
  beforeEach(async () => {
    await rig.reset()
    await rig.report(0.3, 120)
  })

  const ask = (visual: string, more: Partial<ShowAsked> = {}): Promise<readonly View[]> =>
    rig.ask({ kind: 'show', show: { visual, of: [], rangeMs: null, options: {}, ...more } })
  const shown = async (
    visual: string,
    more: Partial<ShowAsked> = {},
  ): Promise<{ readonly view: VisualView; readonly spec: VisualSpec }> => {
    const [view] = await ask(visual, more)
    assert.ok(view?.kind === 'visual', JSON.stringify(view))
    const spec = await rig.services.charts.loadAny(view.chart.id)
    assert.ok(spec !== null && 'kind' in spec)
    return { view, spec }
  }
  const count = (texts: Readonly<Record<string, Readonly<Record<string, number>>>>, at = rig.now()): Promise<void> =>
    rig.services.texts.add('web', at, texts)

  it('a word cloud of what was reported, with its words as alt text and a picture in both themes', async () => {
    await count({ tags: { redis: 5, bolt: 2 } })
    await count({ tags: { old: 9 } }, rig.now() - 30 * HOUR)
    const { view, spec } = await shown('word cloud', { of: ['TAGS'], rangeMs: 24 * HOUR })
    assert.equal(view.chart.alt, 'Word cloud of tags of web, most frequent first: redis 5, bolt 2.')
    assert.deepEqual(view.names, ['tags'])
    const [dark, light] = [await rig.services.visuals.png(spec, 'dark'), await rig.services.visuals.png(spec, 'light')]
    for (const png of [dark, light]) assert.equal(Buffer.from(png).toString('latin1', 1, 4), 'PNG')
    assert.notDeepEqual(dark, light)
    assert.equal(visualCard(view).headline, 'web: Word cloud of tags, last 1 d')
  })

  it('each of the shipped ones from what a pool has, of a pool as new as can be', async () => {
    await rig.grow(2)
    await rig.report(0.5, 60)
    await count({ tags: { redis: 1 } })
    for (const name of rig.services.visuals.names) {
      const { view } = await shown(name)
      assert.match(view.chart.alt, /web/, name)
      assert.deepEqual(view.others.includes(name), false)
    }
  })

  it('of a stat that the team reports, and of members where it needs them', async () => {
    await rig.grow(1)
    await rig.report(0.5, 60)
    const { spec } = await shown('gauges')
    assert.deepEqual(
      spec.data.series.map(({ member }) => member),
      [null, 'web-1', 'web-2'],
    )
    const histogram = await shown('histogram', { of: ['cpu'], options: { bins: '7' } })
    assert.deepEqual(histogram.spec.options, { bins: 7 })
    assert.deepEqual(
      histogram.spec.data.series.map(({ stat, member }) => [stat, member]),
      [['cpu', null]],
    )
    assert.ok(histogram.spec.data.series[0]!.value.some((value) => value !== null && Math.abs(value - 0.3) < 0.11))
  })

  it('what members cost by the day, as what reported was billed', async () => {
    rig.pass(30 * HOUR)
    await rig.report(0.2, 3600)
    const { spec } = await shown('dailycost', { rangeMs: 48 * HOUR })
    const total = spec.data.cost.reduce((sum, { dollars }) => sum + dollars, 0)
    const { dollarsPerHour } = (await rig.state()).pool
    assert.ok(Math.abs(total - dollarsPerHour) < dollarsPerHour * 0.1, `${total} for an hour at ${dollarsPerHour}`)
  })

  it('the scale events that the pool remembers, with their reasons', async () => {
    await rig.run(120, 0.95, 5)
    await rig.work()
    const { spec, view } = await shown('crowd')
    assert.ok(
      spec.data.events.some(({ direction, reason }) => direction === 'out' && reason !== ''),
      JSON.stringify(spec.data.events),
    )
    assert.match(view.chart.alt, /A crowd came to web/)
  })

  it('without a name says which there are, with what each is', async () => {
    const [view] = await rig.ask({ kind: 'show', show: null })
    assert.ok(view?.kind === 'answer')
    assert.deepEqual(
      view.fields.map(({ name }) => name),
      [...rig.services.visuals.names],
    )
    assert.ok(view.fields.every(({ value }) => value.length > 10))
  })

  for (const [what, visual, more, words] of [
    [
      'a name that is nearly right',
      'wordclod',
      {},
      /no visualisation called wordclod; there are calendar, crowd.*Did you mean wordcloud\?/,
    ],
    ['a name that nobody knows', 'unicorns', {}, /no visualisation called unicorns; there are/],
    ['a stat that is not reported', 'histogram', { of: ['queue'] }, /No statistic called queue: there is only cpu/],
    ['a stat that is nearly right', 'histogram', { of: ['cpi'] }, /Did you mean cpu\?/],
    [
      'texts that are not reported',
      'wordcloud',
      { of: ['authors'] },
      /No tags or texts called authors: there is only tags/,
    ],
    ['a number for a word cloud', 'wordcloud', { of: ['cpu'] }, /No tags or texts called cpu: there is only tags/],
    [
      'a stat where there is nothing to choose',
      'calendar',
      { of: ['cpu'] },
      /calendar is of the pool as a whole; leave out “of cpu”/,
    ],
    [
      'an option that there is not',
      'histogram',
      { options: { bin: '3' } },
      /no option called bin; it has bins\. Did you mean bins\?/,
    ],
    ['an option that is no number', 'histogram', { options: { bins: 'many' } }, /bins is a number, not many/],
    ['an option that is neither on nor off', 'wordcloud', { options: { turned: 'sideways' } }, /turned is on or off/],
    ['a name of objects', 'constructor', {}, /no visualisation called constructor/],
  ] as const) {
    it(`refuses ${what}, and says what there is`, async () => {
      await count({ tags: { redis: 1 } })
      const [view] = await ask(visual, more).catch((error: Error) => [
        { kind: 'error' as const, message: error.message },
      ])
      assert.ok(view?.kind === 'error', JSON.stringify(view))
      assert.match(view.message, words)
    })
  }

  it('tells where nobody reports tags yet how to', async () => {
    await assert.rejects(ask('wordcloud'), /none has been reported yet\. Report some to the agent: `curl .*\/stats`\.$/)
  })

  it('takes the texts that there are where its usual ones are not', async () => {
    await count({ release: { 'v2.3': 4 } })
    const { view } = await shown('wordcloud')
    assert.deepEqual(view.names, ['release'])
  })
})
