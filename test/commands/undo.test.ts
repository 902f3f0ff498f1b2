import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { SpinupError } from '../../src/core/model/error.ts'
import type { Actor } from '../../src/core/model/pool.ts'
import type { AnswerView } from '../../src/core/model/view.ts'
import { plain } from '../../src/chat/console/plain.ts'
import { startRig } from '../engine/rig.ts'
import { running } from '../running.ts'

const grace: Actor = { id: 'console:grace', name: 'Grace', platform: 'console' }
const MINUTE = 60_000
const prompt = { scaleOutCooldownMs: 0, windowMs: 4000, scaleInWindowMs: 86_400_000, max: 6 } as const

describe('undo', () => {
  const rig = running(startRig)
  beforeEach(() => rig.reset(prompt))

  const undo = async (episode: string | null = null): Promise<AnswerView> => {
    const [view] = await rig.ask({ kind: 'undo', episode }, grace)
    assert.ok(view?.kind === 'answer')
    return view
  }
  const refused = async (title: string | RegExp, episode: string | null = null): Promise<void> => {
    const before = await rig.state()
    const view = await undo(episode)
    if (typeof title === 'string') assert.equal(view.title, title)
    else assert.match(`${view.title} ${view.text}`, title)
    assert.match(view.text, /Nothing was changed\.$/)
    const after = await rig.state()
    assert.deepEqual(
      [after.pin, after.members, after.operations, after.episodes],
      [before.pin, before.members, before.operations, before.episodes],
    )
  }
  /** The load makes it two, and both serve. */
  const grown = async (): Promise<string> => {
    await rig.run(10, 0.7)
    await rig.work()
    await rig.run(6, 0.4)
    return (await rig.state()).episodes[0]!.id
  }
  const sizeNow = async (): Promise<number> =>
    (await rig.state()).members.filter(({ phase }) => phase !== 'draining' && phase !== 'deleting').length

  it('takes the last event back, holds the size for half an hour, and says so', async () => {
    const id = await grown()
    const view = await undo()
    assert.equal(view.title, 'web goes back to 1 member')
    assert.match(view.text, /^Took back out 1 → 2, .* ago: 1 leaves\. It is pinned there for 30 min, or the load would/)
    const [history] = await rig.ask({ kind: 'history', count: 9 })
    assert.ok(history?.kind === 'history')
    // “3 min ago” would be wrong from then on.
    const whats = history.entries.map(({ what }) => what)
    assert.ok(whats.includes('Took back out 1 → 2') && !whats.some((what) => / ago\b/.test(what)), String(whats))
    assert.doesNotMatch(plain(history, rig.now()), /[.!] by /)
    assert.deepEqual(
      view.actions.map(({ action }) => action),
      ['run:/spinup unpin @web'],
    )
    const { pin, episodes, operations } = await rig.state()
    assert.deepEqual([pin?.count, pin?.owner.name, pin!.expiresAt - rig.now()], [1, 'Grace', 30 * MINUTE])
    assert.deepEqual(
      operations.map(({ kind }) => kind),
      ['scaleIn'],
    )
    assert.equal(episodes.find((one) => one.id === id)?.undone?.by.name, 'Grace')
    await rig.work()
    await rig.run(20, 0.95)
    assert.equal(await sizeNow(), 1, 'the load does not do it again')
    await rig.ask({ kind: 'unpin' })
    await rig.run(5, 0.95)
    assert.ok((await sizeNow()) > 1, 'the undo is undone')
  })

  it('is on the card of the event: who took it back, and no second button', async () => {
    const id = await grown()
    await undo(id)
    await rig.tick()
    const card = (await rig.cards()).get(`episode:${id}`)!.view
    assert.ok(card.kind === 'episode')
    assert.match(card.reason, / Grace took it back\.$/)
    assert.ok(!card.actions.some(({ label }) => label.startsWith('Undo')))
  })

  it('takes back what is still going on, as soon as it can', async () => {
    await rig.run(10, 0.7)
    const view = await undo()
    assert.match(view.text, /1 leaves, as soon as it can\./)
    assert.equal((await rig.state()).operations.length, 1, 'what is on its way is not cut off')
    await rig.work()
    await rig.run(8, 0.4)
    assert.ok((await rig.state()).operations.some(({ kind }) => kind === 'scaleIn'))
  })

  it('brings back what has left', async () => {
    await rig.grow(2)
    await rig.ask({ kind: 'down', count: 2 })
    await rig.work()
    await rig.run(1, 0.3)
    assert.equal((await undo()).title, 'web goes back to 3 members')
    assert.equal(await sizeNow(), 3)
  })

  it('of an older event leaves what happened since', async () => {
    const id = await grown()
    await rig.ask({ kind: 'up', count: 2 })
    await rig.work()
    await rig.run(1, 0.4)
    assert.equal((await undo(id)).title, 'web goes back to 3 members')
  })

  it('never passes the limits, and says which', async () => {
    await rig.grow(3)
    await rig.ask({ kind: 'down', count: 3 })
    await rig.work()
    await rig.run(1, 0.3)
    await rig.ask({ kind: 'policy', changes: { max: '3' } })
    const capped = await undo()
    assert.equal(capped.title, 'web goes back to 3 members')
    assert.match(capped.text, /No further: the maximum of 3 allows no more/)
    assert.equal(await sizeNow(), 3)
  })

  it('goes by the limits as the calendar has them now', async () => {
    await rig.grow(5)
    await rig.ask({ kind: 'policy', changes: { max: '3', calendar: '* * * * * for 5m max=10' } })
    await rig.ask({ kind: 'down', count: 1 })
    await rig.work()
    await rig.run(1, 0.4)
    assert.equal((await undo()).title, 'web goes back to 6 members')
    assert.equal(await sizeNow(), 6)

    await rig.reset(prompt)
    await rig.grow(1)
    await rig.ask({ kind: 'up', count: 3 })
    await rig.work()
    await rig.run(1, 0.4)
    await rig.ask({ kind: 'policy', changes: { calendar: '* * * * * for 5m min=4' } })
    const kept = await undo()
    assert.equal(kept.title, 'web goes back to 4 members')
    assert.match(kept.text, /: 1 leaves\. No further: the minimum of 4 allows no fewer\./)
  })

  it('never goes further the way it was to come back from, whatever the limits are by now', async () => {
    await rig.grow(3)
    await rig.ask({ kind: 'down', count: 1 })
    await rig.work()
    await rig.run(1, 0.4)
    await rig.ask({ kind: 'policy', changes: { max: '2' } })
    await refused(/nothing left to take back .*the maximum of 2 keeps it at 3/)

    await rig.reset(prompt)
    await rig.ask({ kind: 'up', count: 2 })
    await rig.work()
    await rig.run(1, 0.4)
    await rig.ask({ kind: 'policy', changes: { min: '5' } })
    await refused(/nothing left to take back .*the minimum of 5 keeps it at 3/)
  })

  it('never passes the money', async () => {
    await rig.grow(3)
    await rig.ask({ kind: 'down', count: 3 })
    await rig.work()
    await rig.run(1, 0.3)
    await rig.ask({ kind: 'policy', changes: { 'max-per-hour': '$0.012' } })
    assert.equal((await undo()).title, 'web goes back to 2 members')
    await rig.reset(prompt)
    await rig.grow(1)
    await rig.ask({ kind: 'down', count: 1 })
    await rig.work()
    await rig.run(1, 0.3)
    await rig.ask({ kind: 'policy', changes: { 'max-per-hour': '$0.006' } })
    await refused(/There is nothing left to take back .*the limit of \$0\.006 an hour keeps it at 1/)
  })

  it('takes a pin back together with what it made', async () => {
    await rig.ask({ kind: 'pin', count: 3, forMs: MINUTE, reason: 'launch' })
    await rig.tick()
    await rig.work()
    await rig.tick()
    const view = await undo()
    assert.equal(view.tone, 'good', view.text)
    assert.match(view.text, /^Took back out 1 → 3, .*: 2 leave\./)
    assert.deepEqual([(await rig.state()).pin?.count, (await rig.state()).pin?.owner.name], [1, 'Grace'])
  })

  it('is refused clearly: nothing there, too old, done already, pinned, failed, nobody can leave', async () => {
    await refused('There is nothing to take back')
    await refused('That is too long ago', 'e-long-gone')
    const id = await grown()
    await rig.ask({ kind: 'pin', count: 2, forMs: MINUTE, reason: '' })
    await refused('web is pinned at 2 by Ada')
    await rig.ask({ kind: 'unpin' })
    await rig.ask({ kind: 'protect', member: 'web-2', forMs: null, reason: '' })
    await refused('No member can leave')
    await rig.ask({ kind: 'protect', member: 'web-2', forMs: 'off', reason: '' })
    await undo(id)
    await refused(/That is taken back already Grace took back out 1 → 2/, id)
    await refused('web is pinned at 1 by Grace')
    await rig.work()
    await rig.tick()
    rig.pass(61 * MINUTE)
    await rig.tick()
    await refused('There is nothing to take back')
  })

  it('is refused where the pool is back already, and where nothing came of it', async () => {
    const id = await grown()
    await rig.run(70, 0.05, 3)
    await rig.ask({ kind: 'down', count: 1 })
    await rig.work()
    await rig.run(1, 0.1)
    await refused(/nothing left to take back .*the minimum of 1 keeps it at 1/, id)
    rig.yard.before = () => Promise.reject(new SpinupError('providerFailed', 'no quota'))
    await rig.ask({ kind: 'up', count: 1 })
    await rig.work()
    await rig.run(1, 0.3)
    await refused(/Nothing came of out 1 → 2: it failed/)
  })
})
