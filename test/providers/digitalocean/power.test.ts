import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { SpinupError } from '../../../src/core/model/error.ts'
import { until } from '../../wait.ts'
import { openAccount, QUICK } from './account.ts'
import { running } from '../../running.ts'

describe('switching a droplet', () => {
  const account = running(openAccount)
  beforeEach(async () => {
    await until(() => account.origin.lockedBy === null, { what: 'actions to end' })
    account.cloud.state.powerByHand(account.origin.id, 'on')
    account.cloud.state.actions.clear()
  })
  afterEach(() => account.cloud.faults.clear())
  const asked = (): readonly string[] => [...account.cloud.state.actions.values()].map((action) => action.type)

  it('off shuts it down and follows that by its id', async () => {
    const from = account.cloud.log.length
    account.cloud.faults.add({ kind: 'slowAction', ms: 200, match: { step: 'shutdown' } })
    await account.provider({ power: { pollMs: 5, shutdownMs: 20_000, powerMs: 20_000 } }).power(account.originId, 'off')
    assert.equal(account.origin.status, 'off')
    assert.deepEqual(asked(), ['shutdown'])
    const [action] = account.cloud.state.actions.keys()
    const followed = account.cloud.log.slice(from).some((exchange) => exchange.path.endsWith(`/actions/${action}`))
    assert.ok(followed)
  })

  it('off asks for nothing once somebody else has gone on', async () => {
    await assert.rejects(
      account.provider().power(account.originId, 'off', async () => false),
      (error: unknown) => {
        assert.ok(error instanceof SpinupError && error.code === 'conflict', String(error))
        return true
      },
    )
    assert.deepEqual(asked(), [])
    // Overtaken while the shutdown goes on: its power is not cut either.
    account.cloud.faults.add({ kind: 'ignoredAction', match: { step: 'shutdown' } })
    const ours = async (): Promise<boolean> => asked().length === 0
    await assert.rejects(account.provider().power(account.originId, 'off', ours), /Another Spinup has continued/)
    assert.deepEqual([asked(), account.origin.status], [['shutdown'], 'active'])
  })

  it('off cuts the power when the system does not heed the shutdown', async () => {
    account.cloud.faults.add({ kind: 'ignoredAction', match: { step: 'shutdown' } })
    await account.provider().power(account.originId, 'off')
    assert.equal(account.origin.status, 'off')
    assert.deepEqual(asked(), ['shutdown', 'power_off'])
    assert.match(account.logged(), /did not shut down; cutting its power/)
  })

  it('off cuts the power when the shutdown fails, without waiting longer', async () => {
    account.cloud.faults.add({ kind: 'erroredAction', match: { step: 'shutdown' } })
    const power = { pollMs: 5, shutdownMs: 600_000, powerMs: 10_000 }
    await account.provider({ power }).power(account.originId, 'off')
    assert.equal(account.origin.status, 'off')
    assert.deepEqual(asked(), ['shutdown', 'power_off'])
  })

  it('off cuts the power when the shutdown takes too long, as soon as DigitalOcean lets it', async () => {
    account.cloud.faults.add({ kind: 'slowAction', ms: 250, match: { step: 'shutdown' } })
    account.cloud.faults.add({ kind: 'ignoredAction', match: { step: 'shutdown' } })
    const power = { pollMs: 5, shutdownMs: 30, powerMs: 10_000 }
    await account.provider({ power }).power(account.originId, 'off')
    assert.equal(account.origin.status, 'off')
    assert.equal(asked().at(0), 'shutdown')
  })

  it('off asks once, also when the answer is lost or another bot asks too', async () => {
    const from = account.count('dropletActions_post')
    account.cloud.faults.add({ kind: 'slowAction', ms: 1500, match: { step: 'shutdown' } })
    account.cloud.faults.add({ kind: 'loseAnswer', match: { step: 'shutdown' } })
    const power = { pollMs: 5, shutdownMs: 20_000, powerMs: 20_000 }
    await Promise.all([
      account.provider({ power }).power(account.originId, 'off'),
      account.provider({ power }).power(account.originId, 'off'),
    ])
    assert.equal(account.origin.status, 'off')
    assert.deepEqual(asked(), ['shutdown'])
    assert.ok(account.count('dropletActions_post') <= from + 2, 'the one under way is taken over')
  })

  it('off says so when nothing helps', async () => {
    account.cloud.faults.add({ kind: 'ignoredAction', times: Infinity })
    const power = { pollMs: 5, shutdownMs: 40, powerMs: 60 }
    await assert.rejects(account.provider({ power }).power(account.originId, 'off'), (error) => {
      return error instanceof SpinupError && error.retryable && /does not switch off/.test(error.message)
    })
    assert.equal(account.origin.status, 'active')
  })

  it('on asks once, also when the answer is lost', async () => {
    account.cloud.state.powerByHand(account.origin.id, 'off')
    account.cloud.faults.add({ kind: 'loseAnswer', match: { step: 'power_on' } })
    await account.provider().power(account.originId, 'on')
    await until(() => account.origin.status === 'active', { what: 'the origin to be on' })
    assert.deepEqual(asked(), ['power_on'])
  })

  it('on waits for what is going on with the droplet', async () => {
    const provider = account.provider()
    account.cloud.state.powerByHand(account.origin.id, 'off')
    account.cloud.faults.add({ kind: 'slowAction', ms: 60, match: { step: 'snapshot' } })
    await provider.snapshot(account.originId, 'spinup-first')
    await provider.power(account.originId, 'on')
    await until(() => account.origin.status === 'active', { what: 'the origin to be on' })
    assert.deepEqual(asked(), ['snapshot', 'power_on'])
  })

  it('is given up at once when the bot stops', async () => {
    const stopping = new AbortController()
    account.cloud.faults.add({ kind: 'ignoredAction', match: { step: 'shutdown' } })
    const power = { pollMs: 5, shutdownMs: 600_000, powerMs: 600_000 }
    const switching = account.provider({ power, signal: stopping.signal }).power(account.originId, 'off')
    const ended = assert.rejects(switching, (error) => error instanceof SpinupError && error.retryable)
    await until(() => asked().length === 1, { what: 'the shutdown' })
    stopping.abort()
    await ended
  })

  it('needs the scope for it', async () => {
    const token = account.cloud.state.addToken({ scopes: ['droplet:read'] }).value
    const provider = account.provider({ token: async () => token, timing: QUICK })
    await assert.rejects(provider.power(account.originId, 'off'), /droplet:update/)
    assert.equal(account.origin.status, 'active')
  })
})
