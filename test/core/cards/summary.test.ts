import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { summaryCard } from '../../../src/core/cards/summary.ts'
import { exampleViews } from '../../example-views.ts'

describe('the headline of a summary', () => {
  const headline = (dollars: number, fixed: number): string => {
    const view = exampleViews(Date.now()).summary
    return summaryCard({ ...view, dollars, fixed: { dollars: fixed, droplets: 3 } }).headline
  }

  it('says as much only where both amounts read the same, however small they are', () => {
    for (const [dollars, fixed, said] of [
      [1.2, 4.5, '$3.30 less than 3 droplets all the time'],
      [4.5, 1.2, '$3.30 more than 3 droplets all the time'],
      [0.0008, 0.0021, '$0.0013 less than 3 droplets all the time'],
      [0.003, 0.001, '$0.002 more than 3 droplets all the time'],
      [4.504, 4.501, 'as much as 3 droplets all the time'],
      [0.00801, 0.00803, 'as much as 3 droplets all the time'],
      [0, 0, 'as much as 3 droplets all the time'],
    ] as const)
      assert.ok(headline(dollars, fixed).includes(said), headline(dollars, fixed))
  })
})
