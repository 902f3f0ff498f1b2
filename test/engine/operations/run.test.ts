import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { SpinupError } from '../../../src/core/model/error.ts'
import type { Pool } from '../../../src/core/model/pool.ts'
import { runOperation, type RunOutcome } from '../../../src/engine/operations/run.ts'
import { until } from '../../wait.ts'
import { startRig } from '../rig.ts'
import { running } from '../../running.ts'

describe('running an operation', () => {
  const rig = running(startRig)
  beforeEach(() => rig.reset({ mode: 'observe' }))

  const begin = async (): Promise<string> => {
    await rig.ask({ kind: 'up', count: 1 })
    return (await rig.state()).operations[0]!.id
  }
  const run = (id: string, signal = new AbortController().signal): Promise<RunOutcome> =>
    runOperation(rig.services, 'web', id, { signal, changed: () => undefined })
  const clones = (): readonly string[] =>
    [...rig.yard.droplets.values()].filter((one) => one.tags.includes('spinup')).map((one) => one.name)
  /** A gate that whoever comes waits at. */
  const gate = () => {
    let open = (): void => undefined
    let waiting = 0
    const opened = new Promise<void>((resolve) => void (open = resolve))
    return {
      open: () => open(),
      come: async () => {
        waiting++
        await opened
      },
      waiting: () => waiting,
    }
  }

  it('brings a clone into service with a key of its own', async () => {
    const id = await begin()
    assert.equal(await run(id), 'finished')
    const state = await rig.state()
    const clone = state.members[1]!
    assert.deepEqual([clone.id, clone.phase, clone.operationId, clone.failure], ['web-2', 'inService', null, null])
    assert.equal(state.operations[0]?.state.kind, 'done')
    assert.ok(rig.door.backends.has(clone.url!))
    assert.equal(await run(id), 'finished', 'what is done is done')
    assert.deepEqual(rig.yard.calls, ['create web-2'])
  })

  it('is done by one of two that begin together; the other is told it lost', async () => {
    const id = await begin()
    const outcomes = await Promise.all([run(id), run(id), run(id)])
    assert.deepEqual(outcomes.toSorted(), ['finished', 'lost', 'lost'])
    assert.deepEqual(clones(), ['web-2'])
    assert.deepEqual(rig.yard.calls, ['create web-2'])
  })

  it('is given up by one that stalled once another has gone on', async () => {
    const id = await begin()
    const stall = gate()
    rig.yard.before = stall.come
    const stalled = run(id)
    await until(() => stall.waiting() === 1, { what: 'the first to be creating' })
    rig.yard.before = () => undefined
    assert.equal(await run(id), 'finished')
    stall.open()
    assert.match(await stalled, /lost|finished/)
    assert.deepEqual(clones(), ['web-2'], 'the droplet is found by its tag')
    assert.equal((await rig.state()).members[1]?.phase, 'inService')
  })

  it('is not undone by the failure of one that stalled', async () => {
    const id = await begin()
    const [creating, serving] = [gate(), gate()]
    rig.yard.before = async () => {
      await creating.come()
      throw new SpinupError('providerFailed', 'The account is locked.', { retryable: false })
    }
    const stalled = run(id)
    await until(() => creating.waiting() === 1, { what: 'the first to be creating' })
    // Another takes over and has come far when the first hears that its own attempt failed.
    rig.yard.before = () => undefined
    const list = rig.door.list
    rig.door.list = async () => {
      await serving.come()
      return list()
    }
    const other = run(id)
    await until(() => serving.waiting() === 1, { what: 'the other to be serving' })
    creating.open()
    assert.equal(await stalled, 'lost')
    serving.open()
    assert.equal(await other, 'finished')
    assert.equal((await rig.state()).operations[0]?.state.kind, 'done')
    assert.deepEqual(clones(), ['web-2'])
  })

  it('is given up by one that slept between two attempts while another went on', async () => {
    const id = await begin()
    const [creating, serving] = [gate(), gate()]
    rig.yard.before = () => {
      throw new SpinupError('providerFailed', 'Try again.', { retryable: true })
    }
    // It sleeps long enough for the other to be well on its way.
    const patient = {
      ...rig.services,
      timing: (pool: Pool) => ({ ...rig.services.timing(pool), retryMs: 2000, longestRetryMs: 2000 }),
    }
    const stalled = runOperation(patient, 'web', id, {
      signal: new AbortController().signal,
      changed: () => undefined,
    })
    await until(async () => (await rig.state()).operations[0]?.attempt === 1, { what: 'the first attempt' })
    rig.yard.before = creating.come
    const other = run(id)
    await until(() => creating.waiting() === 1, { what: 'the other to be creating' })
    assert.equal(await stalled, 'lost')
    assert.equal(creating.waiting(), 1, 'the first did not create after its pause')
    rig.door.list = ((list) => async () => {
      await serving.come()
      return list()
    })(rig.door.list)
    creating.open()
    serving.open()
    assert.equal(await other, 'finished')
    assert.deepEqual(clones(), ['web-2'])
  })

  it('makes one droplet though the answer to the create was lost, and that droplet’s key works', async () => {
    const id = await begin()
    const keysMade: string[] = []
    const speak = rig.yard.after
    let lost = 0
    rig.yard.after = async (request) => {
      keysMade.push(request.userData)
      if (++lost <= 2) throw new SpinupError('providerFailed', 'No answer.', { retryable: true })
      await speak(request)
    }
    assert.equal(await run(id), 'finished')
    assert.deepEqual(clones(), ['web-2'])
    assert.equal(new Set(keysMade).size, 1, 'each attempt gives the same identity')
  })

  it('leaves no droplet behind when it fails, not even one it never heard of', async () => {
    const id = await begin()
    rig.yard.after = () => {
      throw new SpinupError('providerFailed', 'No answer.', { retryable: true })
    }
    assert.equal(await run(id), 'finished')
    assert.deepEqual(clones(), [])
    const state = await rig.state()
    assert.deepEqual(
      state.members.map((member) => member.id),
      ['web-1'],
    )
    assert.ok(state.operations[0]?.state.kind === 'failed' && state.operations[0].state.reason === 'No answer.')
    await rig.tick()
    const [card] = await rig.views('episode')
    assert.ok(card?.stage === 'failed' && card.members[0]?.detail === 'No answer.')
  })

  it('stops where it is when the bot stops, and goes on from there', async () => {
    const id = await begin()
    const stopping = new AbortController()
    rig.yard.before = () => stopping.abort()
    const outcome = await run(id, stopping.signal)
    assert.equal(outcome, 'stopped')
    rig.yard.before = () => undefined
    assert.equal((await rig.state()).operations[0]?.state.kind, 'running')
    assert.equal(await run(id), 'finished')
    assert.deepEqual(clones(), ['web-2'])
  })

  it('drains before it deletes, waits for requests in flight, and never deletes the origin', async () => {
    await rig.grow(1)
    const clone = (await rig.state()).members[1]!
    await rig.ask({ kind: 'down', count: 1 })
    const id = (await rig.state()).operations[0]!.id
    const backend = rig.door.backends.get(clone.url!)!
    rig.door.backends.set(clone.url!, { ...backend, inFlight: 3 })
    const running = run(id)
    await until(async () => (await rig.state()).operations[0]?.step === 'idle', { what: 'waiting for requests' })
    assert.deepEqual(rig.yard.calls, [])
    rig.door.backends.set(clone.url!, { ...backend, state: 'draining', inFlight: 0 })
    assert.equal(await running, 'finished')
    assert.deepEqual(rig.door.calls, [`drain ${clone.url}`, `remove ${clone.url}`])
    assert.deepEqual(rig.yard.calls, [`destroy ${clone.dropletId}`])
    assert.deepEqual([...rig.yard.droplets.keys()], ['d1'])
  })
})
