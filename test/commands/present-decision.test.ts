import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { Performable } from '../../src/commands/dispatch/perform.ts'
import type { Decision } from '../../src/core/model/decision.ts'
import { startRig } from '../engine/rig.ts'
import { running } from '../running.ts'
import { dump } from '../store/dump.ts'

const HOUR = 3_600_000

describe('the decision that is shown right after a change', () => {
  const rig = running(startRig)
  beforeEach(async () => {
    await rig.reset({ max: 6, scaleInWindowMs: 24 * HOUR })
    await rig.grow(1)
    await rig.run(30, 0.5, 5)
  })

  const words = ({ kind, rule, to, reason }: Decision): string => `${kind} ${rule} ${to}: ${reason}`
  const shown = async (): Promise<string> => {
    const [view] = await rig.ask({ kind: 'status' })
    assert.ok(view?.kind === 'status' && view.lastDecision !== null)
    return words(view.lastDecision)
  }
  const why = async (): Promise<string> => {
    const [view] = await rig.ask({ kind: 'why' })
    assert.ok(view?.kind === 'decision')
    return words(view.decision)
  }
  const kept = async (): Promise<string> => words((await rig.state()).decision!)

  const pause: Performable = { kind: 'pause', forMs: HOUR, reason: '' }
  const pin: Performable = { kind: 'pin', count: 2, forMs: HOUR, reason: '' }
  const policy = (changes: Record<string, string>): Performable => ({ kind: 'policy', changes })
  const cases: readonly (readonly [name: string, before: readonly Performable[], change: Performable, rule: string])[] =
    [
      ['pause', [], pause, 'pause'],
      ['resume', [pause], { kind: 'resume' }, 'withinTolerance'],
      ['pin', [], pin, 'pin'],
      ['a pin of more', [], { ...pin, count: 3 }, 'pin'],
      ['unpin', [pin], { kind: 'unpin' }, 'withinTolerance'],
      ['a minimum', [], policy({ min: '3' }), 'min'],
      ['a maximum', [], policy({ max: '1' }), 'max'],
      ['a target', [], policy({ target: '30%' }), 'target'],
    ]
  for (const [name, before, change, rule] of cases) {
    it(`is that of the pool as it is now: ${name}`, async () => {
      for (const request of before) {
        await rig.ask(request)
        rig.pass(1000)
        await rig.report(0.5, 1)
        await rig.tick()
      }
      const was = await kept()
      rig.pass(400)
      await rig.ask(change)
      const stored = await dump(rig.redis)
      const [inStatus, inWhy] = [await shown(), await why()]
      assert.notEqual(inStatus, was)
      assert.match(inStatus, new RegExp(`^\\w+ ${rule} `))
      assert.equal(inWhy, inStatus)
      assert.equal(await kept(), was, 'looking decides nothing')
      assert.deepEqual(
        Object.keys(await dump(rig.redis)).filter((key) => !(key in stored) && !/chart/.test(key)),
        [],
      )
      await rig.tick()
      assert.equal(await kept(), inStatus, 'the tick comes to the same')
      assert.equal(await shown(), inStatus)
    })
  }

  it('is the one that the command made, where it made one: scale', async () => {
    rig.pass(400)
    await rig.ask({ kind: 'scale', count: 3 })
    assert.match(await shown(), /^scaleOut manual 3: Requested by Ada\.$/)
    assert.equal(await why(), await shown())
    rig.pass(400)
    await rig.ask({ kind: 'pause', forMs: HOUR, reason: '' })
    assert.match(await shown(), /^hold pause 3: Paused by Ada/)
    rig.pass(400)
    await rig.tick()
    assert.match(await shown(), /^hold pause 3: Paused by Ada/)
  })

  it('is the one that was made, where nobody changed anything', async () => {
    const was = await kept()
    rig.pass(500)
    await rig.report(1, 1)
    assert.equal(await shown(), was, 'load is judged by ticks alone')
    const { changedAt } = await rig.state()
    await rig.tick()
    assert.equal((await rig.state()).changedAt, changedAt)
  })
})
