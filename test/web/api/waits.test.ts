import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { cardOf } from '../../../src/core/cards/cards.ts'
import type { Policy } from '../../../src/core/model/policy.ts'
import type { AlertView, View } from '../../../src/core/model/view.ts'
import { running } from '../../running.ts'
import { startApiStage } from './stage.ts'

const SLACK = ['slack:S1']
const grace = { id: 'slack:U2', name: 'Grace', platform: 'slack' }

describe('what a token asks for, where a person has to say yes', () => {
  const stage = running(startApiStage)
  const asking: Partial<Policy> = { mode: 'approve', max: 6, approvers: SLACK }
  beforeEach(() => stage.rig.reset(asking))

  const card = async (): Promise<View | undefined> =>
    [...(await stage.rig.cards())].find(([id]) => id.startsWith('asked:'))?.[1].view
  const question = async (): Promise<AlertView> => {
    const view = await card()
    assert.ok(view?.kind === 'alert', view?.kind)
    return view
  }
  const idIn = (json: Readonly<Record<string, unknown>>): string => (json['waits'] as { id: string }).id
  const press = (kind: 'allow' | 'refuse', id: string, roles: readonly string[] = SLACK): Promise<readonly View[]> =>
    stage.rig.ask({ kind: 'token', choice: { kind, id } }, grace, undefined, roles)

  const asks: readonly (readonly [string, string, unknown, string])[] = [
    ['POST', '/api/scale', { count: 3 }, 'scale 3'],
    ['POST', '/api/refresh', { how: 'live' }, 'refresh live'],
    ['PUT', '/api/policy', { policy: { max: 9 } }, 'policy max=9'],
    ['PUT', '/api/policy', { policy: { mode: 'auto' } }, 'policy mode=auto'],
  ]

  it('is answered with 202, asked in the channel, and done by nobody', async () => {
    const token = await stage.token(['scale', 'refresh', 'policy'])
    for (const [method, path, body, line] of asks) {
      await stage.rig.reset(asking)
      const own = await stage.token(['scale', 'refresh', 'policy'])
      const before = await stage.rig.state()
      const { status, json } = await stage.call(method, path, { body, token: own })
      assert.deepEqual([status, json['changed']], [202, false], line)
      const after = await stage.rig.state()
      assert.deepEqual([after.pool, after.operations, after.refresh], [before.pool, before.operations, before.refresh])
      const { title, actions } = await question()
      assert.match(title, new RegExp(`asks for: ${line}$`))
      assert.deepEqual(
        actions.map(({ label }) => label),
        ['Allow', 'Refuse'],
      )
      const { mark, pressing, urgency, timer } = cardOf(await question())
      assert.deepEqual([mark, pressing, urgency, timer?.counts], ['question', 'always', 'trouble', 'down'])
      assert.equal(stage.rig.queued.size, 0)
    }
    assert.equal(
      (await stage.call('POST', '/api/scale', { body: { count: 3 }, token })).status,
      401,
      'Redis was emptied',
    )
  })

  it('is done in the name of the one who allows it, once', async () => {
    const token = await stage.token(['scale'])
    const id = idIn((await stage.call('POST', '/api/scale', { body: { count: 3 }, token })).json)
    assert.equal((await stage.call('GET', `/api/requests/${id}`, { token })).json['state'], 'open')
    const both = await Promise.allSettled([press('allow', id), press('allow', id)])
    assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
    const { operations, episodes } = await stage.rig.state()
    assert.equal(operations.length, 2)
    assert.equal(episodes[0]?.actor.name, 'Grace')
    const { json } = await stage.call('GET', `/api/requests/${id}`, { token })
    assert.deepEqual([json['state'], json['by'], json['line']], ['allowed', 'Grace', 'scale 3'])
    const view = await card()
    assert.ok(
      view?.kind === 'alert' && view.title === 'Grace allowed it: scale 3' && view.state === 'resolved',
      JSON.stringify(view),
    )
  })

  it('is left undone by a no, by those who may not answer, and by silence', async () => {
    const token = await stage.token(['scale'])
    const ask = async (count: number): Promise<string> =>
      idIn((await stage.call('POST', '/api/scale', { body: { count }, token })).json)
    const state = async (id: string): Promise<unknown> =>
      (await stage.call('GET', `/api/requests/${id}`, { token })).json['state']
    const first = await ask(2)
    await assert.rejects(press('allow', first, []), /Only those who may answer/)
    assert.equal(await state(first), 'open')
    await press('refuse', first)
    assert.equal(await state(first), 'refused')
    await assert.rejects(press('allow', first), /Grace refused it/)
    const second = await ask(3)
    stage.rig.pass(11 * 60_000)
    await assert.rejects(press('allow', second), /nobody answered in time/)
    await stage.rig.tick()
    assert.equal(await state(second), 'expired')
    assert.deepEqual((await stage.rig.state()).operations, [])
    await assert.rejects(press('allow', 'q99'), /no longer known/)
  })

  it('waits again where it could not be done after all', async () => {
    const token = await stage.token(['scale'])
    const id = idIn((await stage.call('POST', '/api/scale', { body: { count: 3 }, token })).json)
    await stage.rig.ask({ kind: 'pin', count: 1, forMs: 60_000, reason: '' }, grace, undefined, SLACK)
    await assert.rejects(press('allow', id), /pinned at 1/)
    assert.equal((await question()).state, 'active')
    await stage.rig.ask({ kind: 'unpin' }, grace, undefined, SLACK)
    await press('allow', id)
    assert.equal((await stage.rig.state()).operations.length, 2)
  })

  it('is done exactly as it was asked for, also where the question shows it rounded', async () => {
    const token = await stage.token(['policy'])
    const ask = async (target: number): Promise<string> =>
      idIn((await stage.call('PUT', '/api/policy', { body: { policy: { target } }, token })).json)
    const [first, second] = [await ask(0.7012), await ask(0.7034)]
    assert.notEqual(first, second)
    assert.equal(await ask(0.7012), first)
    await press('allow', second)
    assert.equal((await stage.rig.state()).pool.policy.target, 0.7034)
  })

  it('is asked once however often it is sent, and not without end', async () => {
    await stage.rig.reset({ ...asking, max: 40 })
    const token = await stage.token(['scale'])
    const ids = new Set<string>()
    for (let turn = 0; turn < 3; turn++)
      ids.add(idIn((await stage.call('POST', '/api/scale', { body: { count: 3 }, token })).json))
    assert.equal(ids.size, 1)
    const statuses: number[] = []
    for (let count = 4; count < 20; count++)
      statuses.push((await stage.call('POST', '/api/scale', { body: { count }, token })).status)
    assert.deepEqual([statuses[0], statuses.at(-1)], [202, 429])
    assert.equal((await stage.rig.state()).asked.length, 10)
  })

  it('is refused at once where no yes could help, and asks nobody for what is so already', async () => {
    const token = await stage.token(['scale', 'policy', 'refresh'])
    const call = async (method: string, path: string, body: object): Promise<readonly [number, unknown]> => {
      const { status, json } = await stage.call(method, path, { body, token })
      return [status, json['code'] ?? json['changed']]
    }
    assert.deepEqual(await call('POST', '/api/scale', { count: 7 }), [429, 'limited'])
    assert.deepEqual(await call('POST', '/api/scale', { count: 1 }), [200, false])
    assert.deepEqual(await call('PUT', '/api/policy', { policy: { min: 9 } }), [400, 'badInput'])
    assert.deepEqual(await call('PUT', '/api/policy', { policy: { max: 6 } }), [200, false])
    assert.deepEqual(await call('POST', '/api/refresh', { how: 'stop' }), [200, false])
    await stage.rig.ask({ kind: 'pin', count: 1, forMs: 60_000, reason: '' }, grace, undefined, SLACK)
    assert.deepEqual(await call('POST', '/api/scale', { count: 2 }), [409, 'conflict'])
    const { asked, operations } = await stage.rig.state()
    assert.deepEqual([asked, operations], [[], []])
    assert.equal(await card(), undefined)
  })

  it('waits for settings of who is asked in every mode, and with no approvers named', async () => {
    await stage.rig.reset({ mode: 'auto', max: 6 })
    const token = await stage.token(['policy', 'scale'])
    const put = async (policy: object): Promise<number> =>
      (await stage.call('PUT', '/api/policy', { body: { policy }, token })).status
    assert.equal(await put({ max: 8 }), 200)
    for (const guarded of [{ mode: 'approve' }, { approvers: ['console'] }, { quorum: 2 }, { approvalMs: 60_000 }])
      assert.equal(await put(guarded), 202, JSON.stringify(guarded))
    assert.equal(await put({ max: 7, mode: 'observe' }), 202, 'all or none')
    assert.equal((await stage.rig.state()).pool.policy.max, 8)
    await stage.rig.reset({ mode: 'approve', approvers: [] })
    const own = await stage.token(['scale'])
    assert.equal((await stage.call('POST', '/api/scale', { body: { count: 2 }, token: own })).status, 202)
  })

  it('survives a restart: it stands in the state, and the tick ends it', async () => {
    const token = await stage.token(['refresh'])
    const id = idIn((await stage.call('POST', '/api/refresh', { body: { how: 'live' }, token })).json)
    const stored = (await stage.rig.services.store.load('web'))?.asked
    assert.deepEqual(
      stored?.map((one) => [one.id, one.state, one.line]),
      [[id, 'open', 'refresh live']],
    )
    await stage.rig.run(700, 0.3, 20)
    assert.equal((await stage.rig.state()).asked[0]?.state, 'expired')
    const view = await card()
    assert.ok(view?.kind === 'alert' && view.title.startsWith('Nobody answered in time'))
  })

  it('has a document that every answer here keeps to', () => {
    assert.ok(stage.check.checked() > 30)
    assert.deepEqual(stage.check.violations, [])
  })
})
