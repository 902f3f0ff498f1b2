import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { Episode } from '../../src/core/model/state.ts'
import type { EpisodeView } from '../../src/core/model/view.ts'
import { exampleDecision, exampleEpisode, fullState, T } from '../store/example-state.ts'
import { flapping } from '../../src/core/pool/episodes.ts'
import { plan } from '../../src/core/operation/plan.ts'
import { startRig } from './rig.ts'
import { running } from '../running.ts'

const prompt = {
  scaleOutCooldownMs: 0,
  windowMs: 4000,
  scaleInWindowMs: 20_000,
  scaleInCooldownMs: 5000,
  slowMinute: 0.1,
}

describe('the card of an episode', () => {
  const rig = running(startRig)
  beforeEach(() => rig.reset(prompt))

  const cards = async (): Promise<readonly { readonly id: string; readonly view: EpisodeView }[]> =>
    [...(await rig.cards()).values()].flatMap(({ id, view }) => (view.kind === 'episode' ? [{ id, view }] : []))
  const quietUntilGone = async (): Promise<void> => {
    for (let spell = 0; spell < 60 && (await rig.state()).operations.length === 0; spell++) await rig.run(3, 0.05)
    assert.deepEqual(await rig.work(), ['finished'])
    await rig.run(1, 0.05)
  }

  it('is one from the proposal to the end', async () => {
    await rig.reset({ ...prompt, mode: 'approve', scaleInWindowMs: 86_400_000 })
    await rig.run(10, 0.9)
    const id = (await rig.state()).approvals[0]!.episodeId!
    const seen: string[] = []
    const look = async (): Promise<void> => {
      const shown = [...(await rig.cards()).values()].filter((card) => card.id.startsWith('episode:'))
      assert.deepEqual(
        shown.map((card) => card.id),
        [`episode:${id}`],
      )
      const { view } = shown[0]!
      assert.ok(view.kind === 'proposal' || view.kind === 'episode')
      seen.push(view.kind === 'proposal' ? `${view.kind} ${view.state}` : `${view.kind} ${view.stage}`)
    }
    await look()
    await rig.ask({ kind: 'approve', id: null })
    await look()
    await rig.work()
    await rig.run(1, 0.3)
    await look()
    assert.deepEqual(seen, ['proposal open', 'episode working', 'episode settled'])
  })

  it('is shared by a smaller proposal and the larger one that replaced it', async () => {
    await rig.reset({ ...prompt, mode: 'approve', scaleInWindowMs: 86_400_000, max: 9 })
    await rig.grow(1)
    await rig.run(10, 0.72)
    await rig.run(10, 0.98)
    const [small, large] = (await rig.state()).approvals.toSorted((a, b) => a.openedAt - b.openedAt)
    assert.equal(large?.episodeId, small?.episodeId)
    const [view, ...rest] = await rig.views('proposal')
    assert.deepEqual([view?.state, view?.to, rest], ['open', large?.decision.to, []])
    assert.match(view!.note!, /^Replaces the proposal for 3\.$/)
  })

  it('says when the need was first seen, what it costs, and offers Why, Undo, Pin and Snooze', async () => {
    await rig.reset({ ...prompt, scaleOutCooldownMs: 30_000 })
    await rig.change({ memory: { ...(await rig.state()).memory, lastScaleOutAt: rig.now() } })
    await rig.run(40, 0.9)
    const [card] = await cards()
    const { view } = card!
    assert.ok(view.detectedAt !== null && view.startedAt - view.detectedAt >= 20_000, 'it waited for the cooldown')
    assert.deepEqual([view.dollarsPerHourBefore, view.dollarsPerHourAfter], [0.006, 0.012])
    const { id, decisionId } = (await rig.state()).episodes[0]!
    assert.deepEqual(
      view.actions.map(({ label, action }) => [label, action]),
      [
        ['Why', `run:/spinup why ${decisionId} @web`],
        ['Undo', `run:/spinup undo ${id} @web`],
        ['Pin at 2 for 1 h', 'run:/spinup pin 2 for 1h @web'],
        ['Snooze 1 h', 'run:/spinup snooze 1h'],
      ],
    )
  })

  it('has no such time for what a person asked for', async () => {
    await rig.ask({ kind: 'up', count: 1 })
    await rig.tick()
    assert.equal((await cards())[0]?.view.detectedAt, null)
  })

  it('goes on when the pool flaps, and lists what it told before', async () => {
    await rig.run(10, 0.7)
    await rig.work()
    await rig.run(1, 0.3)
    const [first] = await cards()
    await quietUntilGone()
    const [again, ...others] = await cards()
    assert.deepEqual(others, [], 'one card')
    assert.equal(again?.id, first?.id)
    assert.deepEqual([again?.view.direction, again?.view.stage], ['in', 'settled'])
    assert.deepEqual(
      again?.view.earlier.map(({ from, to, at }) => [from, to, at]),
      [[1, 2, first?.view.startedAt]],
    )
    await rig.run(10, 0.7)
    const [third] = await cards()
    assert.equal(third?.id, first?.id)
    assert.deepEqual([third?.view.stage, third?.view.earlier.length], ['working', 2])
  })

  it('is another once the pool has been calm for ten minutes', async () => {
    await rig.run(10, 0.7)
    await rig.work()
    await rig.run(1, 0.3)
    rig.pass(11 * 60_000)
    await quietUntilGone()
    assert.equal((await cards()).length, 2)
  })
})

describe('flapping', () => {
  const settled = (id: string, changes: Partial<Episode>): Episode =>
    exampleEpisode(id, { endedAt: T, rule: 'target', outcomes: {}, ...changes })
  const joins = (episodes: readonly Episode[], rule: Episode['rule'] = 'target'): string | undefined =>
    flapping({ ...fullState(), episodes }, { direction: 'in', ...(rule === undefined ? {} : { rule }) }, T + 1000)
      .cardId

  it('joins only what has ended well, the other way, by the load', () => {
    assert.equal(joins([settled('a', {})]), 'a')
    assert.equal(joins([settled('a', { cardId: 'c' })]), 'c')
    assert.equal(joins([settled('a', { direction: 'in' })]), undefined)
    assert.equal(joins([settled('a', { endedAt: null })]), undefined)
    assert.equal(joins([settled('a', { endedAt: T - 10 * 60_000 })]), undefined)
    assert.equal(joins([settled('a', { rule: 'manual' })]), undefined)
    const { rule: _, ...old } = settled('a', {})
    assert.equal(joins([old]), undefined, 'an earlier version did not say')
    assert.equal(joins([settled('a', {})], 'pin'), undefined)
    const failed = { 'op-1': { memberId: 'web-2', ok: false, tookMs: 1, reason: 'no quota' } }
    assert.equal(joins([settled('a', { outcomes: failed })]), undefined, 'a failure stays to be seen')
  })

  it('does not take the card from what still goes on there', () => {
    const on = settled('b', { cardId: 'a', direction: 'in', startedAt: T + 1, endedAt: null })
    assert.equal(joins([settled('a', {}), on]), undefined)
  })

  it('keeps a bounded list', () => {
    const earlier = Array.from({ length: 10 }, (_, index) => ({ at: index, from: 1, to: 2, reason: '' }))
    const state = { ...fullState(), episodes: [settled('a', { earlier })] }
    const made = flapping(state, { direction: 'in', rule: 'target' }, T + 1)
    assert.deepEqual([made.earlier?.length, made.earlier?.[0]?.at, made.earlier?.at(-1)?.reason], [10, 1, 'busy'])
  })

  it('never moves what the team was asked for to another card', () => {
    let made = 0
    const state = {
      ...fullState(),
      episodes: [settled('a', { direction: 'in' })],
      members: fullState().members.slice(0, 1),
    }
    const order = exampleDecision({ kind: 'scaleOut', from: 1, to: 2 })
    const id = (): string => `id${++made}`
    assert.equal(plan(state, order, fullState().approvals[1]!.by!, T + 1, id, 'e9')?.episode.cardId, undefined)
    assert.equal(plan(state, order, fullState().approvals[1]!.by!, T + 1, id)?.episode.cardId, 'a')
  })
})
