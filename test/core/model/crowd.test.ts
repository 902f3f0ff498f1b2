import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createCrowd } from '../../../src/core/model/crowd.ts'

describe('a crowd', () => {
  it('sends away who has waited longest for nothing, never one that is served', () => {
    const crowd = createCrowd<string>(3)
    assert.deepEqual(['a', 'b', 'c'].map(crowd.enter), [null, null, null])
    crowd.serve('a', true)
    assert.equal(crowd.enter('d'), 'b')
    crowd.serve('c', true)
    crowd.serve('d', true)
    assert.equal(crowd.enter('e'), 'e', 'everybody else is served')
  })

  it('counts who was served as the last to wait', () => {
    const crowd = createCrowd<string>(2)
    crowd.enter('a')
    crowd.enter('b')
    crowd.serve('a', true)
    crowd.serve('a', false)
    assert.equal(crowd.enter('c'), 'b')
  })

  it('forgets who left, and does not let one that was sent away back in', () => {
    const crowd = createCrowd<string>(1)
    crowd.enter('a')
    crowd.leave('a')
    assert.equal(crowd.enter('b'), null)
    assert.equal(crowd.enter('c'), 'b')
    crowd.serve('b', true)
    assert.equal(crowd.enter('d'), 'c')
  })
})
