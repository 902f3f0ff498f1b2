import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { paletteOf } from '../../src/charts/palette.ts'
import { MOST_NAMED } from '../../src/core/model/chart.ts'
import { difference, seen, VISIONS, type Vision } from './colour-vision.ts'

const LEAST = 10
const visions = Object.keys(VISIONS) as readonly Vision[]

describe('the colours of a chart', () => {
  it('are measured as the standard does', () => {
    // Of the test data of Sharma, Wu and Dalal.
    for (const [one, other, expected] of [
      [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
      [[50, -1, 2], [50, 0, 0], 2.3669],
      [[50, 2.49, -0.001], [50, -2.49, 0.0011], 7.2195],
      [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
      [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
    ] as const) {
      assert.ok(Math.abs(difference(one, other) - expected) < 1e-4, `${difference(one, other)} for ${expected}`)
    }
    assert.ok(difference(seen('#ff0000', 'usual'), seen('#00ff00', 'usual')) > 80)
    const [red, green] = [seen('#c03030', 'deuteranopia'), seen('#607000', 'deuteranopia')]
    assert.ok(difference(red, green) < difference(seen('#c03030', 'usual'), seen('#607000', 'usual')) / 3)
  })

  for (const theme of ['dark', 'light'] as const) {
    const { lines, target, rest, background, grid, axis } = paletteOf(theme)

    it(`differ for any colour vision: lines, target and grey rest, ${theme}`, () => {
      const marks = [...lines, target, rest]
      assert.equal(lines.length, MOST_NAMED)
      for (const vision of visions) {
        for (const [index, one] of marks.entries()) {
          for (const other of marks.slice(index + 1)) assertApart(one, other, vision)
        }
      }
    })

    it(`stand out from what is behind them for any colour vision, ${theme}`, () => {
      for (const vision of visions) {
        for (const mark of [...lines, target, rest]) {
          for (const behind of [background, grid, axis]) assertApart(mark, behind, vision)
        }
      }
      for (const mark of [...lines, target]) assert.ok(contrast(mark, background) >= 3, mark)
    })
  }
})

function assertApart(one: string, other: string, vision: Vision): void {
  const found = difference(seen(one, vision), seen(other, vision))
  assert.ok(found >= LEAST, `${one} and ${other} are ${found.toFixed(1)} apart with ${vision}`)
}

/** Of WCAG. */
function contrast(one: string, other: string): number {
  const light = (colour: string): number => ((seen(colour, 'usual')[0] + 16) / 116) ** 3
  const [high, low] = [light(one), light(other)].toSorted((a, b) => b - a) as [number, number]
  return (high + 0.05) / (low + 0.05)
}
