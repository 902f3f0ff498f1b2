import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { dropletWords, fleetPrice, priceWords } from '../../../src/core/model/billing.ts'
import { exampleViews } from '../../example-views.ts'

describe('what droplets cost, in words', () => {
  const { cost } = exampleViews(0)

  it('is one price where the origin costs what a clone does', () => {
    assert.equal(priceWords({ dollarsPerHour: 0.006 }), '$0.006 each')
    assert.equal(priceWords({ dollarsPerHour: 0.006, originDollarsPerHour: 0.006 }, ' an hour'), '$0.006 an hour each')
    assert.equal(dropletWords({ ...cost, droplets: 1, dollarsPerDroplet: 0.006 }), '1 droplet at $0.006/h')
    assert.equal(fleetPrice({ dollarsPerHour: 0.5 }, 3), 1.5)
  })

  it('is two where it does not', () => {
    const prices = { dollarsPerHour: 0.01, originDollarsPerHour: 0.1 }
    assert.equal(priceWords(prices), '$0.10 for the origin and $0.01 for each clone')
    assert.equal(
      dropletWords({ ...cost, droplets: 3, dollarsPerDroplet: 0.01, dollarsForOrigin: 0.1 }),
      '3 droplets: the origin at $0.10/h, each clone at $0.01/h',
    )
    assert.deepEqual(
      [0, 1, 3].map((size) => Number(fleetPrice(prices, size).toFixed(6))),
      [0, 0.1, 0.12],
    )
  })
})
