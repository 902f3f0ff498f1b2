import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { ChatHandlers, Form } from '../../src/chat/chat.ts'
import { createHandlers } from '../../src/commands/dispatch/handlers.ts'
import type { Asker } from '../../src/core/model/platforms.ts'
import { formFor, perform } from '../../src/commands/dispatch/perform.ts'
import { ada } from '../store/example-state.ts'
import { HERE, startRig } from './rig.ts'
import { running } from '../running.ts'

describe('forms', () => {
  const rig = running(startRig)
  beforeEach(() => rig.reset({ mode: 'approve' }))

  const asker: Asker = { actor: ada, place: HERE, roles: [] }
  const handlers = (): ChatHandlers =>
    createHandlers({
      perform: (request, who, meant) => perform(rig.services, request, who, meant),
      form: (wish, who, meant) => formFor(rig.services, wish, who, meant),
      home: async () => [],
      facts: async () => ({ pools: [], members: [], stats: [] }),
      now: rig.now,
      failed: assert.ifError,
    })
  const opened = async (action: string): Promise<Form> => {
    const form = await handlers().form({ action, asker })
    assert.ok('fields' in form, JSON.stringify(form))
    return form
  }
  const asOpened = (form: Form): Record<string, string> =>
    Object.fromEntries(form.fields.map(({ name, value }) => [name, value]))

  it('of the policy shows what is set, and sent as it was opened changes nothing', async () => {
    await rig.ask({ kind: 'policy', changes: { approvers: 'slack:S0614TZR7', 'max-per-month': '$60' } })
    const before = (await rig.state()).pool.policy
    const form = await opened('ask:policy')
    const [view] = await handlers().action({ action: 'ask:policy', asker, values: asOpened(form) })
    assert.ok(view?.kind === 'policy', JSON.stringify(view))
    assert.deepEqual(view.changed, [])
    assert.deepEqual((await rig.state()).pool.policy, before)
  })

  it('of the policy sets what was changed in it, and refuses what does not fit', async () => {
    const form = await opened('ask:policy')
    await handlers().action({ action: 'ask:policy', asker, values: { ...asOpened(form), target: '55 %', max: '7' } })
    const { policy } = (await rig.state()).pool
    assert.deepEqual([policy.target, policy.max], [0.55, 7])
    const [view] = await handlers().action({ action: 'ask:policy', asker, values: { ...asOpened(form), max: 'many' } })
    assert.equal(view?.kind, 'error')
    assert.equal((await rig.state()).pool.policy.max, 7)
  })

  it('of a no asks for the reason, which the card then shows; later there is none any more', async () => {
    await rig.run(10, 0.9)
    const action = (await rig.views('proposal'))[0]!.actions[1]!.action
    const { submit, fields } = await opened(action)
    assert.deepEqual([submit, fields[0]?.name, fields[0]?.optional], ['Keep 1', 'reason', true])
    await handlers().action({ action, asker, values: { reason: 'a deploy is under way' } })
    await rig.tick()
    const [view] = await rig.views('proposal')
    assert.deepEqual([view?.state, view?.note], ['denied', 'a deploy is under way'])
    rig.pass(5000)
    const late = await handlers().form({ action, asker })
    assert.ok(!('fields' in late))
    const [told] = late
    assert.ok(told?.kind === 'answer' && told.private === true && told.title === 'Already denied')
    assert.match(told.text, /^Ada was first: Scale out 1 → 2, denied \d s ago \(a deploy is under way\)\.$/)
  })
})
