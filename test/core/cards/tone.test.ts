import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cardOf } from '../../../src/core/cards/cards.ts'
import type { View } from '../../../src/core/model/view.ts'
import { situations } from '../../chat/situations.ts'

const NOW = Date.UTC(2026, 0, 15, 12)
const all = situations(NOW)
const says = (name: string): readonly [string, string] => {
  const view: View | undefined = all[name]
  assert.ok(view, name)
  const { tone, headline } = cardOf(view)
  return [tone, headline]
}

describe('what a card says', () => {
  it('is green for a load within the tolerance, and orange beyond it', () => {
    assert.deepEqual(says('status: a little over its target'), ['good', 'shop: 2 of 2 in service, CPU 85 %'])
    assert.deepEqual(says('status: over its target, within its own tolerance')[0], 'good')
    assert.deepEqual(says('status: far over its target')[0], 'warn')
  })

  it('is orange for a pool that is paused, silent or unlike, with the reason in the headline', () => {
    assert.deepEqual(says('status: paused and calm'), ['warn', 'shop: 2 of 2 in service, CPU 40 %, paused'])
    assert.deepEqual(says('status: one silent'), ['warn', 'shop: 2 of 2 in service, CPU 40 %, 1 not reporting'])
    assert.deepEqual(says('status: one unlike the others')[0], 'warn')
  })

  it('is red where nobody is in service or a member failed', () => {
    assert.deepEqual(says('status: nobody in service')[0], 'bad')
    assert.deepEqual(says('status: no members'), ['bad', 'shop: 0 of 2 in service, CPU unknown'])
    assert.deepEqual(says('status: one failed'), ['bad', 'shop: 1 of 2 in service, CPU 40 %, 1 failed'])
  })

  it('is red for a month that is spent, to the cent, and a warning for an hour that is full', () => {
    assert.deepEqual(says('cost: month’s limit exactly spent')[0], 'bad')
    assert.deepEqual(says('cost: a limit of nothing')[0], 'bad')
    assert.deepEqual(says('cost: hour’s limit exactly used')[0], 'warn')
    assert.deepEqual(says('cost: projected over the limit')[0], 'warn')
    assert.deepEqual(says('cost: projected exactly at the limit')[0], 'info')
  })

  it('counts the votes of a question in its headline', () => {
    assert.deepEqual(says('proposal: quorum, no vote yet'), ['warn', 'shop: scale in 4 → 3? 0 of 3 yes'])
    assert.deepEqual(says('proposal: quorum, one vote'), ['warn', 'shop: scale in 4 → 3? 1 of 2 yes'])
  })

  it('is the same document whenever it is read', () => {
    for (const view of Object.values(all)) assert.deepEqual(cardOf(view), cardOf(structuredClone(view)))
  })
})
