import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { SpinupError } from '../../../src/core/model/error.ts'
import { snapshotName } from '../../../src/core/model/droplet.ts'
import { createEdge, type Edge } from '../../../src/providers/digitalocean/edge.ts'
import { deleteSnapshot, oldSnapshots } from '../../../src/providers/digitalocean/snapshots.ts'
import type { Provider, Snapshot } from '../../../src/providers/provider.ts'
import type { ImageRecord } from '../../../src/demo/cloud/api/records.ts'
import { until } from '../../wait.ts'
import { openAccount, QUICK, type TestAccount } from './account.ts'

describe('a snapshot', () => {
  let account: TestAccount
  before(async () => {
    account = await openAccount()
  })
  after(() => account.stop())
  afterEach(() => account.cloud.faults.clear())
  const called = (name: string): readonly ImageRecord[] =>
    [...account.cloud.state.images.values()].filter((image) => image.name === name)
  const complete = (provider: Provider, name: string): Promise<Snapshot> =>
    until(
      async () => {
        const told = await provider.snapshot(account.originId, name)
        return told.complete && told
      },
      { what: 'the snapshot' },
    )

  it('that ended with an error is told, and the next attempt takes a new one', async () => {
    account.cloud.faults.add({ kind: 'erroredAction', match: { step: 'snapshot' } })
    const provider = account.provider()
    const outcome = await until(
      () =>
        provider.snapshot(account.originId, 'spinup-bad').then(
          (told) => told.complete && told,
          (error: unknown) => ({ error }),
        ),
      { what: 'the failure' },
    )
    assert.ok('error' in outcome && outcome.error instanceof SpinupError)
    assert.match(outcome.error.message, /could not take the snapshot/)
    assert.equal(outcome.error.retryable, false, 'the site is down meanwhile: power comes first')
    assert.deepEqual(called('spinup-bad'), [])
    await complete(provider, 'spinup-bad')
    assert.equal(called('spinup-bad').length, 1)
  })

  it('is begun once when the answer is lost', async () => {
    const fault = account.cloud.faults.add({ kind: 'loseAnswer', match: { step: 'snapshot' } })
    const provider = account.provider()
    await assert.rejects(
      provider.snapshot(account.originId, 'spinup-lost'),
      (error) => error instanceof SpinupError && error.retryable,
    )
    await complete(provider, 'spinup-lost')
    assert.equal(fault.hits(), 1)
    assert.equal(called('spinup-lost').length, 1)
  })

  it('goes on after a restart of the bot, under the same id', async () => {
    account.cloud.faults.add({ kind: 'slowAction', ms: 1500, match: { step: 'snapshot' } })
    const begun = await account.provider().snapshot(account.originId, 'spinup-restart')
    const meanwhile = await account.provider().snapshot(account.originId, 'spinup-restart')
    assert.equal(meanwhile.complete, false)
    const ended = await complete(account.provider(), 'spinup-restart')
    assert.equal(ended.id, begun.id)
    assert.equal(called('spinup-restart').length, 1)
  })

  it('is not taken twice when lists show it late, however wrong the bot’s clock is', async () => {
    const { faults, state } = account.cloud
    faults.add({ kind: 'lateListing', ms: 24 * 3_600_000, match: { step: 'snapshot' } })
    const ahead = account.provider({ now: () => Date.now() + 3_600_000 })
    await ahead.snapshot(account.originId, 'spinup-late')
    await until(() => account.origin.lockedBy === null, { what: 'the copy' })
    for (let look = 0; look < 3; look++) {
      assert.equal((await ahead.snapshot(account.originId, 'spinup-late')).complete, false)
    }
    state.listedFrom.clear()
    await complete(ahead, 'spinup-late')
    assert.equal(called('spinup-late').length, 1)
  })

  it('is one when two bots ask at once', async () => {
    const [one, two] = [account.provider(), account.provider()]
    const ask = (provider: Provider) => until(() => complete(provider, 'spinup-two'), { what: 'the snapshot' })
    await Promise.all([ask(one), ask(two)])
    assert.equal(called('spinup-two').length, 1)
  })

  it('waits its turn while the droplet is busy with something else', async () => {
    account.cloud.faults.add({ kind: 'slowAction', ms: 1000, match: { step: 'shutdown' } })
    const off = account.provider().power(account.originId, 'off')
    await until(() => account.origin.lockedBy !== null, { what: 'the shutdown' })
    await assert.rejects(
      account.provider().snapshot(account.originId, 'spinup-busy'),
      (error) => error instanceof SpinupError && error.retryable && /pending event/.test(error.message),
    )
    await off
    await until(() => complete(account.provider(), 'spinup-busy'), { what: 'the snapshot' })
    account.cloud.state.powerByHand(account.origin.id, 'on')
  })

  it('needs both scopes', async () => {
    const scopes = ['droplet:read', 'droplet:update', 'snapshot:read']
    const token = account.cloud.state.addToken({ scopes }).value
    const provider = account.provider({ token: async () => token, timing: QUICK })
    await assert.rejects(provider.snapshot(account.originId, 'spinup-poor'), /droplet:update and image:create/)
    assert.deepEqual(called('spinup-poor'), [])
  })
})

describe('old snapshots', () => {
  let account: TestAccount
  const day = 24 * 3_600_000
  let now = Date.UTC(2026, 10, 1)
  const own = (turn: number): string => snapshotName('web', String(turn).padStart(16, '0'))
  const byHand = 'spinup-before-the-upgrade'
  before(async () => {
    account = await openAccount({ now: () => now })
    for (const name of [own(1), own(2), byHand, own(3), own(4)]) {
      now += day
      await account.cloud.state.addSnapshot(account.origin.id, name)
    }
    const another = account.cloud.state.addDroplet({ name: 'another' })
    await account.cloud.state.addSnapshot(another.id, 'spinup-other')
  })
  after(() => account.stop())
  const edge = (): Edge => createEdge(account.options())

  it('are Spinup’s own of that droplet beyond the newest few, but never one in use', async () => {
    const { originId } = account
    const found = await oldSnapshots(edge(), { originId, keep: 2 })
    assert.deepEqual(
      found.map((one) => one.name),
      [own(1), own(2)],
    )
    const spared = await oldSnapshots(edge(), { originId, keep: 2, except: [`${originId}:${own(1)}`] })
    assert.deepEqual(
      spared.map((one) => one.name),
      [own(2)],
    )
    assert.deepEqual(await oldSnapshots(edge(), { originId, keep: 9 }), [])
  })

  it('are deleted one by one, others’ never', async () => {
    const [oldest] = await oldSnapshots(edge(), { originId: account.originId, keep: 0 })
    assert.ok(oldest)
    await deleteSnapshot(edge(), oldest.id)
    await deleteSnapshot(edge(), oldest.id)
    const images = [...account.cloud.state.images.values()]
    assert.ok(!images.some((image) => image.name === own(1)))
    const spared = images.find((image) => image.name === byHand)
    await assert.rejects(deleteSnapshot(edge(), String(spared?.id)), /not Spinup’s/)
    assert.ok(account.cloud.state.images.has(spared?.id ?? 0))
  })
})
