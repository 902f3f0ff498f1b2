import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { meanOf } from '../../src/charts/crowd.ts'
import { createLocalRenderer } from '../../src/charts/local-renderer.ts'
import { paletteOf } from '../../src/charts/palette.ts'
import { chartLine, chartSpec, pixelsOf } from './specs.ts'

function points(...values: readonly (readonly [at: number, value: number | null])[]) {
  return values.map(([at, value]) => ({ at, value }))
}

describe('the mean of many lines', () => {
  it('counts lines sampled at different instants by what lies between their samples', () => {
    assert.deepEqual(meanOf([points([0, 0], [10, 10]), points([0, 4], [5, 4], [10, 4])]), [
      { at: 0, value: 2 },
      { at: 5, value: 4.5 },
      { at: 10, value: 7 },
    ])
  })

  it('leaves out a line before it began, after it ended and in its gaps', () => {
    const steady = points([0, 2], [1, 2], [2, 2], [3, 2], [4, 2])
    const partial = points([1, 8], [2, null], [3, 8])
    assert.deepEqual(
      meanOf([steady, partial]).map(({ value }) => value),
      [2, 5, 2, 5, 2],
    )
  })

  it('has a gap where no line has a value', () => {
    const gap = points([0, 1], [1, null], [2, 3])
    assert.deepEqual(
      meanOf([gap, gap]).map(({ value }) => value),
      [1, null, 3],
    )
    assert.deepEqual(meanOf([]), [])
  })

  it('is thinned, and keeps its ends', () => {
    const long = points(...Array.from({ length: 20_000 }, (_, at) => [at, at] as const))
    const mean = meanOf([long, long])
    assert.ok(mean.length >= 500 && mean.length <= 620, `${mean.length} points`)
    assert.deepEqual([mean[0]?.value, mean.at(-1)?.value], [0, 19_999])
  })
})

describe('a chart of a crowd', () => {
  const renderer = createLocalRenderer({ deadlineMs: 120_000 })
  after(() => renderer.close())

  it('draws the mean over the thin lines; a chart of a few has none', async () => {
    const { accent } = paletteOf('dark')
    // Lines from 10 to 30 % and 70 to 90 %: only their mean is near 50 %.
    const heights = [0.1, 0.15, 0.2, 0.25, 0.3, 0.7, 0.75, 0.8, 0.85, 0.9]
    const band = { x: 200, y: 350, width: 1100, height: 100 }
    const draw = async (values: readonly number[]): Promise<number> => {
      const lines = values.map((value, index) => chartLine(`web-${index}`, () => value))
      return (await pixelsOf(await renderer.render(chartSpec({ lines }), { theme: 'dark' }))).count(accent, band)
    }
    assert.ok((await draw(heights)) > 2000)
    assert.equal(await draw(heights.slice(1, 9)), 0)
  })
})
