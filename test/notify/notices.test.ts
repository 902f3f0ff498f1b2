import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { newSubscription } from '../../src/store/subscriptions.ts'
import { destinationOf, type Place } from '../../src/core/model/platforms.ts'
import { NOTIFY_LEVELS, type NotifyLevel } from '../../src/core/model/subscription.ts'
import type { View } from '../../src/core/model/view.ts'
import { exampleViews } from '../example-views.ts'
import { T } from '../store/example-state.ts'
import { alert, CONSOLE, episode, LOUD, OPS, proposal, resolved, startStage, textOf, THEIRS } from './stage.ts'
import { running } from '../running.ts'

const ops = destinationOf(OPS)
const loud = destinationOf(LOUD)
const theirs = destinationOf(THEIRS)

describe('who is told what', () => {
  const stage = running(startStage)
  beforeEach(() => stage.reset())
  const ids = async (destination: string): Promise<readonly string[]> =>
    [...(await stage.shown(destination)).keys()].toSorted()
  const level = async (wanted: NotifyLevel): Promise<void> => {
    await stage.notices.change(OPS, (before) => (before === null ? null : { ...before, level: wanted }))
  }

  const all = (place: Place): Promise<unknown> => stage.notices.change(place, () => newSubscription(place))

  it('the console is told everything, a channel from when someone connects there', async () => {
    await stage.tell('a', episode())
    await stage.notices.join(OPS, 'web')
    await stage.tell('b', episode())
    assert.deepEqual(await ids(CONSOLE), ['a', 'b'])
    assert.deepEqual(await ids(ops), ['b'])
  })

  it('joining twice is joining once, and what was set stays', async () => {
    await stage.notices.join(OPS, 'web')
    await level('trouble')
    await stage.notices.join(OPS, 'web')
    await stage.notices.join(OPS, 'blog')
    const settings = await stage.notices.settings(OPS)
    assert.ok(settings !== null && settings !== 'always')
    assert.deepEqual([settings.level, settings.pools], ['trouble', ['web', 'blog']])
  })

  it('a channel hears of its pools alone, and one that wants all of all, also when one is connected there', async () => {
    await stage.notices.join(OPS, 'web')
    await all(LOUD)
    await stage.tell('of-web', episode(), 'web')
    await stage.tell('of-blog', episode(), 'blog')
    assert.deepEqual(await ids(ops), ['of-web'])
    assert.deepEqual(await ids(loud), ['of-blog', 'of-web'])
    await stage.notices.join(LOUD, 'blog')
    await stage.tell('more-of-web', episode(), 'web')
    assert.deepEqual(await ids(loud), ['more-of-web', 'of-blog', 'of-web'])
  })

  it('a pool of another workspace is told in its channels alone, and not on the console', async () => {
    await all(OPS)
    await all(THEIRS)
    await stage.tell('of-theirs', episode(), 'theirs')
    await stage.tell('of-web', episode(), 'web')
    assert.deepEqual(await ids(theirs), ['of-theirs'])
    assert.deepEqual(await ids(ops), ['of-web'])
    assert.deepEqual(await ids(CONSOLE), ['of-web'])
    await stage.notices.tellAsker(THEIRS, 'connect', episode(), T)
    assert.deepEqual(await ids(theirs), ['connect', 'of-theirs'])
    assert.deepEqual(await ids(CONSOLE), ['of-web'])
  })

  it('who asked is told in the channel, whatever it wants', async () => {
    await stage.notices.join(OPS, 'web')
    await level('off')
    await stage.notices.tellAsker(OPS, 'asked', episode(), T)
    assert.deepEqual(await ids(ops), ['asked'])
    assert.deepEqual(await ids(CONSOLE), ['asked'])
  })

  it('a channel that left is told nothing, and what waited is forgotten', async () => {
    await stage.notices.join(OPS, 'web')
    await stage.tell('a', episode())
    await stage.notices.leave(ops)
    await stage.tell('b', episode())
    assert.deepEqual(await ids(ops), [])
    assert.equal(await stage.notices.settings(OPS), null)
  })

  it('each level lets its kinds by', async () => {
    const said = exampleViews(T).answer
    const cards: Readonly<Record<string, View>> = {
      question: proposal(),
      bad: alert('bad'),
      warning: alert('warn'),
      failed: episode({ stage: 'failed' }),
      change: episode(),
      would: exampleViews(T).decision,
      detail: alert('info'),
      said: { ...said, tone: 'good' },
    }
    const expected: Readonly<Record<NotifyLevel, readonly string[]>> = {
      all: Object.keys(cards),
      changes: ['question', 'bad', 'warning', 'failed', 'change', 'would', 'said'],
      trouble: ['question', 'bad', 'warning', 'failed'],
      off: [],
    }
    for (const wanted of NOTIFY_LEVELS) {
      await stage.reset()
      await stage.notices.join(OPS, 'web')
      await level(wanted)
      for (const [id, view] of Object.entries(cards)) await stage.tell(id, view)
      assert.deepEqual(await ids(ops), expected[wanted].toSorted(), wanted)
    }
  })

  it('a card that is shown gets its later states, whatever was set meanwhile', async () => {
    await stage.notices.join(OPS, 'web')
    await stage.tell('silent', alert('warn'))
    await stage.shown(ops)
    await level('off')
    await stage.tell('silent', resolved())
    await stage.tell('other', resolved())
    const shown = await stage.shown(ops)
    assert.deepEqual([...shown.keys()], ['silent'])
    assert.match(textOf(shown.get('silent')), /good/)
  })

  it('a scale event that fails is told where only trouble is, once it has', async () => {
    await stage.notices.join(OPS, 'web')
    await level('trouble')
    await stage.tell('e', episode())
    assert.deepEqual(await ids(ops), [])
    await stage.tell('e', episode({ stage: 'failed' }))
    assert.deepEqual(await ids(ops), ['e'])
  })

  it('changes of a channel by many at once are all made', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, index) => stage.notices.join(OPS, `pool-${index}`)))
    const settings = await stage.notices.settings(OPS)
    assert.ok(settings !== null && settings !== 'always')
    assert.equal(settings.pools.length, 12)
  })
})
