import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { complete } from '../../src/commands/dispatch/complete.ts'
import { parseLine } from '../../src/commands/dispatch/line.ts'
import { command as help } from '../../src/commands/help.ts'
import { LISTED } from '../../src/commands/registry.ts'
import type { Place } from '../../src/core/model/platforms.ts'
import type { AnswerView } from '../../src/core/model/view.ts'
import { HERE, startRig } from '../engine/rig.ts'
import { OPS, THEIRS } from '../notify/stage.ts'
import { running } from '../running.ts'
import { ada } from '../store/example-state.ts'

const DAY = 86_400_000

describe('the easter egg', () => {
  const rig = running(startRig)
  beforeEach(() => rig.reset())

  const type = async (line: string, place: Place = HERE): Promise<AnswerView> => {
    const parsed = parseLine(line, rig.now())
    assert.ok(parsed.kind === 'request' && parsed.request.kind !== 'help', JSON.stringify(parsed))
    const [view] = await rig.ask(parsed.request, ada, place)
    assert.ok(view?.kind === 'answer')
    return view
  }

  it('has the members dance, and changes nothing of the pool', async () => {
    await rig.grow(2)
    const before = await rig.state()
    const view = await type('disco')
    assert.equal(view.title, 'Everybody on the floor')
    for (const name of ['web-1', 'web-2', 'web-3']) assert.ok(view.text.includes(name), view.text)
    assert.deepEqual(await rig.state(), before)
  })

  it('is there once a day in a channel, of each channel by itself', async () => {
    await type('disco')
    const again = await type('/spinup disco')
    assert.equal(again.title, 'One dance a day in a channel')
    assert.equal(again.private, true)
    assert.equal((await type('disco', OPS)).title, 'Everybody on the floor')
    rig.pass(DAY)
    assert.equal((await type('disco')).title, 'Everybody on the floor')
  })

  it('is closed for the whole team where somebody closes it, and for no other', async () => {
    for (const [off, on] of [
      ['/spinup disco off', '/spinup disco on'],
      ['/spinup policy disco off', '/spinup policy disco=on'],
      ['/spinup policy disco=off', '/spinup policy disco on'],
    ] as const) {
      await type(off)
      for (const place of [HERE, OPS]) assert.equal((await type('disco', place)).title, 'The disco is closed')
      await type(on)
      rig.pass(DAY)
      for (const place of [HERE, OPS]) assert.equal((await type('disco', place)).title, 'Everybody on the floor')
    }
    await type('/spinup disco off')
    assert.notEqual((await type('disco', THEIRS)).title, 'The disco is closed')
  })

  it('is closed and opened only by those who may answer, while the team is asked first', async () => {
    await rig.reset({ mode: 'approve', approvers: ['slack:U9'] })
    await assert.rejects(type('disco off'), /Only those who may answer/)
    assert.equal((await type('disco')).title, 'Everybody on the floor')
  })

  it('is told of by neither help nor completion', () => {
    assert.ok(LISTED.every(({ name }) => name !== ('disco' as string)))
    const [view] = help.run(LISTED, { kind: 'help', topic: 'all' })
    assert.ok(view?.kind === 'help' && view.commands.every(({ name }) => name !== 'disco'))
    const facts = { commands: [], pools: [], members: [], stats: [] }
    assert.deepEqual(
      complete('/spinup disc', facts).map(({ text }) => text),
      ['/spinup disconnect'],
    )
    const near = parseLine('discoo', 0)
    assert.ok(near.kind === 'error' && !/disco\b/.test(near.view.suggestion ?? ''))
  })
})
