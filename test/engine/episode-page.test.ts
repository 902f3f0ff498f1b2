import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { episodePage } from '../../src/engine/reports/episode-page.ts'
import { examplePool } from '../store/example-state.ts'
import { running } from '../running.ts'
import { startRig } from './rig.ts'

const prompt = { scaleOutCooldownMs: 0, windowMs: 4000, scaleInWindowMs: 86_400_000, slowMinute: 0.1 }

describe('the page of a scale event', () => {
  const rig = running(startRig)
  beforeEach(() => rig.reset(prompt))

  const linked = async (): Promise<readonly string[]> =>
    [...(await rig.cards()).values()].flatMap(({ view }) => (view.page === undefined ? [] : [view.page.id]))

  it('is linked from its card, and has the card, the decision and what the history has of it', async () => {
    await rig.run(10, 0.9)
    assert.deepEqual(await rig.work(), ['finished'])
    await rig.run(1, 0.3)
    const [id = ''] = await linked()
    const page = await episodePage(rig.services, null, id)
    assert.equal(page?.cardId, `episode:${id}`)
    assert.ok(page.view?.kind === 'episode' && page.view.stage === 'settled')
    assert.ok(page.decision?.kind === 'decision')
    assert.equal(page.decision.decision.to, page.view.to)
    assert.ok(page.timeline.length > 0)
    const times = page.timeline.map(({ at }) => at)
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    )
  })

  it('is the same before and after the team has answered', async () => {
    await rig.reset({ ...prompt, mode: 'approve' })
    await rig.run(10, 0.9)
    const [id = ''] = await linked()
    const asked = await episodePage(rig.services, null, id)
    assert.ok(asked?.view?.kind === 'proposal' && asked.view.state === 'open')
    await rig.ask({ kind: 'approve', id: null })
    assert.deepEqual(new Set(await linked()), new Set([id]))
    const answered = await episodePage(rig.services, null, id)
    assert.equal(answered?.view?.kind, 'episode')
    assert.ok(
      answered.timeline.some(({ who }) => who === 'Ada'),
      JSON.stringify(answered.timeline),
    )
  })

  it('is there for a decision that was only observed', async () => {
    await rig.reset({ ...prompt, mode: 'observe' })
    await rig.run(10, 0.9)
    const [id = ''] = await linked()
    const page = await episodePage(rig.services, null, id)
    assert.equal(page?.view, null)
    assert.ok(page.decision?.kind === 'decision' && page.decision.observedOnly)
  })

  it('is no other team’s, and none of what nobody knows', async () => {
    await rig.services.store.create(examplePool({ id: 'theirs', name: 'theirs', tenant: 'slack:T2' }))
    await rig.run(10, 0.9)
    const [id = ''] = await linked()
    assert.notEqual(await episodePage(rig.services, null, id), null)
    assert.equal(await episodePage(rig.services, 'slack:T2', id), null)
    for (const odd of ['', 'nothing', 'web', '__proto__', `${id}x`])
      assert.equal(await episodePage(rig.services, null, odd), null, odd)
  })
})
