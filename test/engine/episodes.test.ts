import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { Episode } from '../../src/core/model/state.ts'
import type { EpisodeView } from '../../src/core/model/view.ts'
import { exampleDecision, exampleEpisode, fullState, T } from '../store/example-state.ts'
import { onCard, sharing } from '../../src/core/pool/episodes.ts'
import { episodeView } from '../../src/core/cards/views/episode.ts'
import { cardOf } from '../../src/core/cards/cards.ts'
import { settle } from '../../src/core/operation/finish.ts'
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
        ['Undo → 1', `run:/spinup undo ${id} @web`],
        ['Pin at 2 for 1 h', 'run:/spinup pin 2 for 1h @web'],
      ],
      'the console cannot be snoozed',
    )
    assert.deepEqual(
      episodeView(await rig.state(), (await rig.state()).episodes[0]!, null).actions.map(({ label, more }) => [
        label,
        more ?? false,
      ]),
      [
        ['Why', false],
        ['Undo → 1', false],
        ['Pin at 2 for 1 h', true],
        ['Snooze 1 h', true],
      ],
      'a channel can',
    )
  })

  it('says where an undo leads only while no limit may lead it elsewhere', async () => {
    await rig.ask({ kind: 'scale', count: 3 })
    const label = async (): Promise<string> => {
      const state = await rig.state()
      return episodeView(state, state.episodes[0]!, null).actions[1]!.label
    }
    assert.equal(await label(), 'Undo → 1')
    await rig.ask({ kind: 'policy', changes: { calendar: '0 8 * * * for 1h min=2' } })
    assert.equal(await label(), 'Undo')
    await rig.ask({ kind: 'policy', changes: { calendar: 'none', min: '2' } })
    assert.equal(await label(), 'Undo')
  })

  it('has no such time for what a person asked for', async () => {
    await rig.ask({ kind: 'up', count: 1 })
    await rig.tick()
    assert.equal((await cards())[0]?.view.detectedAt, null)
  })

  it('is one for a crowd, from the first clone to the last, with two pictures', async () => {
    await rig.reset({ ...prompt, max: 4, target: 0.6 })
    const wait = (p95Ms: number): void => {
      for (const [url, one] of rig.door.backends) rig.door.backends.set(url, { ...one, p95Ms })
    }
    const pictures = new Set<string>()
    const look = async (): Promise<EpisodeView> => {
      const [card, ...others] = await cards()
      assert.deepEqual(others, [], 'one card')
      if (card!.view.chart !== null) pictures.add(card!.view.chart.id)
      return card!.view
    }
    wait(2100)
    await rig.run(10, 0.95)
    assert.deepEqual([(await look()).crowd, (await look()).stage], [undefined, 'working'])
    await rig.work()
    wait(180)
    await rig.run(1, 0.9)
    await look()
    for (let turn = 0; turn < 40 && (await rig.state()).members.length < 3; turn++) {
      await rig.run(10, 0.95)
      await rig.work()
    }
    await rig.run(1, 0.3)
    const grown = await look()
    assert.deepEqual([grown.stage, grown.from, grown.crowd], ['settled', 1, undefined], 'it grew, in one change')
    for (let turn = 0; turn < 20 && (await rig.state()).members.length > 1; turn++) await quietUntilGone()
    const over = await look()
    const { crowd } = over
    assert.deepEqual(crowd?.path, [1, grown.to, 1])
    assert.equal(crowd?.worstP95Ms, 2100, 'the highest that the balancer said')
    const hours = (await rig.state()).episodes.map(({ direction, from, to, startedAt, endedAt }) => {
      const since = direction === 'out' ? startedAt : endedAt!
      return ((to - from) * (over.endedAt! - since)) / 3_600_000
    })
    const paid = hours.reduce((sum, each) => sum + each, 0) * 0.006
    assert.ok(Math.abs(crowd!.dollars! - paid) < 1e-9 && paid > 0, `${crowd?.dollars}, not ${paid}`)
    assert.match(
      cardOf(over).headline,
      /^web: crowd \d\d:\d\d–\d\d:\d\d UTC: 1 → \d → 1, p95 at worst 2\.1 s, \$0\.\d+$/,
    )
    assert.deepEqual(
      [...pictures].map((id) => id.replace(/.*-/, '')),
      ['start', 'end'],
    )
  })

  it('folds a pool that goes back and forth, and says so', async () => {
    const swing = async (): Promise<void> => {
      await rig.run(10, 0.7)
      await rig.work()
      await rig.run(1, 0.3)
      await quietUntilGone()
    }
    await swing()
    await swing()
    const [card, ...others] = await cards()
    assert.deepEqual(others, [], 'one card')
    assert.deepEqual(card?.view.crowd?.path, [1, 2, 1, 2, 1])
    assert.match(cardOf(card!.view).headline, /^web: back and forth .*: 1 → 2 → 1 → 2 → 1/)
    assert.equal(card?.view.earlier.length, 3)
  })

  it('is another once the pool has been calm for an hour', async () => {
    await rig.run(10, 0.7)
    await rig.work()
    await rig.run(1, 0.3)
    rig.pass(61 * 60_000)
    await quietUntilGone()
    assert.equal((await cards()).length, 2)
  })
})

describe('what shares a card', () => {
  const settled = (id: string, changes: Partial<Episode>): Episode =>
    exampleEpisode(id, { endedAt: T, rule: 'target', outcomes: {}, ...changes })
  const joins = (
    episodes: readonly Episode[],
    begins: Partial<Pick<Episode, 'direction' | 'rule'>> = {},
    now = T + 1000,
  ): string | undefined =>
    sharing({ ...fullState(), episodes }, { direction: 'in', rule: 'target', ...begins }, now).cardId
  const MINUTE = 60_000

  it('is what the load asks for while a crowd is there, in either direction', () => {
    assert.equal(joins([settled('a', {})]), 'a')
    assert.equal(joins([settled('a', { cardId: 'c' })]), 'c')
    assert.equal(joins([settled('a', {})], { direction: 'out' }), 'a')
    assert.equal(joins([settled('a', { endedAt: null })], { direction: 'out' }), 'a', 'it swells on')
    assert.equal(joins([settled('a', {})], {}, T + 59 * MINUTE), 'a')
    assert.equal(joins([settled('a', {})], {}, T + 61 * MINUTE), undefined)
  })

  it('is within minutes what follows on a crowd that is over', () => {
    const over = [settled('a', {}), settled('b', { cardId: 'a', direction: 'in', from: 3, to: 1, startedAt: T + 1 })]
    assert.equal(joins(over, { direction: 'out' }, T + 9 * MINUTE), 'a')
    assert.equal(joins(over, { direction: 'out' }, T + 11 * MINUTE), undefined)
    assert.equal(joins([settled('a', { direction: 'in', from: 3, to: 2 })], {}, T + 9 * MINUTE), 'a')
  })

  it('is nothing of what people do, of an earlier version, or that went wrong', () => {
    assert.equal(joins([settled('a', { rule: 'manual' })]), undefined)
    const { rule: _, ...old } = settled('a', {})
    assert.equal(joins([old]), undefined, 'an earlier version did not say')
    assert.equal(joins([settled('a', {})], { rule: 'pin' }), undefined)
    const failed = { 'op-1': { memberId: 'web-2', ok: false, tookMs: 1, reason: 'no quota' } }
    assert.equal(joins([settled('a', { outcomes: failed })]), undefined, 'a failure stays to be seen')
  })

  it('does not take the card from what still goes on there the other way', () => {
    assert.equal(joins([settled('a', { endedAt: null })]), undefined)
  })

  it('is bounded, and kept for as long as the card may change', () => {
    const many = Array.from({ length: 30 }, (_, index) => settled(`e${index}`, { cardId: 'e0', startedAt: T + index }))
    assert.equal(joins(many), undefined)
    const state = { ...fullState(), operations: [], episodes: [settled('a', {}), settled('b', { cardId: 'a' })] }
    const later = { ...state, episodes: [state.episodes[0]!, { ...state.episodes[1]!, endedAt: T + 50 * MINUTE }] }
    assert.equal(settle(later, T + 90 * MINUTE), null, 'the first is told of, too')
    assert.deepEqual(settle(later, T + 120 * MINUTE)?.change.episodes?.remove?.toSorted(), ['a', 'b'])
    assert.equal(onCard(later, 'episode:a').length, 2)
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
