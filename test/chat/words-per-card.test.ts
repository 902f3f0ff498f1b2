import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cardOf } from '../../src/core/cards/cards.ts'
import { situations } from './situations.ts'
import { median, wordsPerCard } from './words-per-card.ts'

const NOW = Date.UTC(2026, 0, 15, 12)
/** What Spinup posts by itself is read by people who did not ask: a glance has to do. */
const MEDIAN = 25
const MOST = 60
/** An answer is read by somebody who wants to know; still no more than a screen. */
const MOST_OF_AN_ANSWER = 130

describe('the words of a card in a channel', () => {
  const all = wordsPerCard(NOW)

  it('are few where nobody asked: 25 at the median, never more than 60', () => {
    const unasked = all.filter((one) => one.unasked)
    assert.deepEqual(
      unasked.filter(({ words }) => words > MOST),
      [],
    )
    const middle = median(unasked.map(({ words }) => words))
    assert.ok(middle <= MEDIAN, `${middle} at the median`)
  })

  it('are no more than a screen where somebody asked', () => {
    assert.deepEqual(
      all.filter(({ words }) => words > MOST_OF_AN_ANSWER),
      [],
    )
  })

  it('are three lines for the usual event: what, why, and what it costs', () => {
    const views = situations(NOW)
    for (const name of ['episode', 'episode: settled', 'episode: scaled in', 'episode: a crowd that is over']) {
      const { blocks } = cardOf(views[name]!)
      const kinds = blocks.map(({ kind }) => kind).filter((kind) => kind !== 'actions')
      assert.ok(['text,notes', 'text'].includes(kinds.join()), `${name}: ${kinds.join()}`)
    }
  })
})
