import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SpinupError } from '../../../src/core/model/error.ts'
import { DEFAULT_POLICY, type Policy } from '../../../src/core/model/policy.ts'
import { changePolicy, isDefault, POLICY_FIELDS } from '../../../src/core/policy/fields.ts'

const change = (changes: Record<string, string>, policy = DEFAULT_POLICY): Policy => changePolicy(policy, changes)

function refused(changes: Record<string, string>, says: RegExp, policy = DEFAULT_POLICY): void {
  assert.throws(
    () => change(changes, policy),
    (error: unknown) => {
      assert.ok(error instanceof SpinupError && error.code === 'badInput', String(error))
      assert.match(error.message, says)
      assert.match(error.message, /Nothing was changed|nothing was changed/)
      return true
    },
    JSON.stringify(changes),
  )
}

describe('policy settings', () => {
  it('each takes its own example and its own value as read, and changes nothing else', () => {
    for (const field of POLICY_FIELDS) {
      const [name, text] = field.example.split('=') as [string, string]
      assert.equal(name, field.name)
      const changed = field.write(DEFAULT_POLICY, text)
      const differing = Object.keys(changed).filter(
        (key) => changed[key as keyof Policy] !== DEFAULT_POLICY[key as keyof Policy],
      )
      assert.ok(differing.length <= 1, `${field.name} changed ${differing.join(', ')}`)
      assert.deepEqual(field.write(changed, field.read(changed)), changed, `${field.name} reads as it is written`)
    }
  })

  it('cover every part of the policy', () => {
    const other: Policy = {
      stat: 'memory',
      target: 0.5,
      min: 2,
      max: 9,
      mode: 'observe',
      windowMs: 20_000,
      scaleInWindowMs: 300_000,
      scaleOutCooldownMs: 0,
      scaleInCooldownMs: 60_000,
      tolerance: 0.2,
      staleAfterMs: 60_000,
      maxStepIn: 3,
      approvalMs: 60_000,
      onExpiryOut: 'hold',
      onExpiryIn: 'act',
    }
    const words = Object.fromEntries(POLICY_FIELDS.map((field) => [field.name, field.read(other)]))
    assert.deepEqual(change(words), other)
    assert.ok(POLICY_FIELDS.every((field) => isDefault(field, DEFAULT_POLICY) && !isDefault(field, other)))
  })

  it('take shares as 60%, 60 or 0.6', () => {
    for (const text of ['45%', '45', '0.45', '45 %']) assert.equal(change({ target: text }).target, 0.45, text)
    assert.equal(change({ tolerance: '0' }).tolerance, 0)
    assert.equal(change({ tolerance: '0%' }).tolerance, 0)
  })

  it('take nought where nothing need be waited for, and nowhere else', () => {
    for (const text of ['0', '0s']) assert.equal(change({ 'scale-in-cooldown': text }).scaleInCooldownMs, 0)
    refused({ window: '0' }, /window=0 is not understood: it takes a time from 1 s to 24 h/)
  })

  it('refuse what is out of range or unreadable, naming the setting and what it takes', () => {
    refused({ target: '2%' }, /target=2% .* from 5 % to 99 %/)
    refused({ target: '1' }, /target=1 /)
    refused({ target: '' }, /target= /)
    refused({ target: 'lots' }, /a share/)
    refused({ min: '0' }, /min=0 .* from 1 to 1000/)
    refused({ max: '2.5' }, /whole number/)
    refused({ max: '-3' }, /whole number/)
    refused({ mode: 'AUTO!' }, /auto, approve, observe/)
    refused({ window: 'soon' }, /30s or 5m/)
    refused({ 'scale-in-window': '25h' }, /24 h/)
    refused({ 'stale-after': '5s' }, /12 s/)
    refused({ 'on-expiry-out': 'maybe' }, /act or hold/)
    refused({ stat: '9lives' }, /a statistic’s name/)
    refused({ stat: 'queue', target: '-1' }, /above zero/)
    refused({ stat: 'queue', target: 'Infinity' }, /above zero/)
  })

  it('are all taken or none: a wrong pair refuses the right one beside it', () => {
    refused({ min: '4', max: '3' }, /min 4 is above max 3/)
    refused({ min: '6' }, /min 6 is above max 5/)
    assert.deepEqual(change({ min: '6', max: '8' }), { ...DEFAULT_POLICY, min: 6, max: 8 })
  })

  it('ask for a new target when the statistic has another unit', () => {
    refused({ stat: 'queue' }, /give its target too/)
    const queue = change({ target: '5', stat: 'queue' })
    assert.equal(queue.target, 5, 'read in the unit of the new statistic, whatever the order')
    assert.equal(change({ stat: 'orders' }, queue).target, 5)
    refused({ stat: 'cpu' }, /give its target too/, queue)
    assert.equal(change({ stat: 'memory' }).target, DEFAULT_POLICY.target)
  })
})
