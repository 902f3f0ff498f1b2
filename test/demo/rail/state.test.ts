import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { at, felt, FRESH, over, saying, STEPS } from '../../../src/demo/rail/browser/state.ts'

const states = ({ steps }: typeof FRESH): string => steps.map(({ state }) => state).join(' ')
const textOf = ({ steps }: typeof FRESH, name: (typeof STEPS)[number]): string =>
  steps.find((step) => step.name === name)!.text

describe('the rail of the demo', () => {
  it('has five steps with a sentence each, before any of them has begun', () => {
    assert.deepEqual(
      FRESH.steps.map(({ name }) => name),
      ['Connect', 'Quiet', 'Front page', 'Clones', 'Calm'],
    )
    for (const { text } of FRESH.steps) assert.match(text, /^[A-Z][^.]+\.$/)
    assert.equal(states(FRESH), 'next next next next next')
    assert.deepEqual([FRESH.ended, FRESH.offers], [false, 'nothing'])
  })

  it('marks the step that the story has come to, and keeps what the ones before it said', () => {
    const quiet = saying(at(FRESH, 'Quiet', 'Few readers.'), 'Quiet', 'p95 20 ms.')
    const crowd = at(quiet, 'Front page', 'Many readers.')
    assert.equal(states(crowd), 'done done now next next')
    assert.equal(textOf(crowd, 'Quiet'), 'p95 20 ms.')
    assert.equal(textOf(crowd, 'Front page'), 'Many readers.')
  })

  it('offers what goes on when the story has been told, and goes back a few steps for another crowd', () => {
    const told = over(at(FRESH, 'Calm', 'All is quiet.'), null)
    assert.equal(states(told), 'done done done done done')
    assert.deepEqual([told.ended, told.offers], [true, 'crowd'])
    const again = at(told, 'Front page', 'Again.')
    assert.equal(states(again), 'done done now next next')
    assert.deepEqual([again.ended, again.offers], [true, 'nothing'], 'the buttons stay, and wait')
    assert.equal(textOf(again, 'Calm'), textOf(FRESH, 'Calm'))
  })

  it('says in the step where the story failed why', () => {
    const failed = over(at(FRESH, 'Clones', 'They come.'), 'No clone came.')
    assert.equal(states(failed), 'done done done failed next')
    assert.equal(textOf(failed, 'Clones'), 'No clone came.')
    assert.equal(failed.offers, 'crowd')
  })

  it('keeps three minutes of what visitors feel', () => {
    let rail = FRESH
    for (let second = 0; second < 200; second++) rail = felt(rail, second === 199 ? 5200 : null)
    assert.deepEqual([rail.p95Ms, rail.trail.length, rail.trail.at(-1)], [5200, 180, 5200])
  })
})
