import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SpinupError } from '../../../src/core/model/error.ts'
import { createPlatforms } from '../../../src/core/model/platforms.ts'
import { DEFAULT_POLICY, type Policy } from '../../../src/core/model/policy.ts'
import { changePolicy, isDefault, POLICY_FIELDS } from '../../../src/core/policy/fields.ts'
import { CHATS } from '../../../src/registry/registry.ts'

const change = (changes: Record<string, string>, policy = DEFAULT_POLICY): Policy =>
  changePolicy(policy, changes, createPlatforms(CHATS))

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

const OTHER: Policy = {
  stat: 'memory',
  target: 0.5,
  how: 'p95',
  across: 'pool',
  also: [
    { stat: 'cpu', target: 0.855, how: 'mean', across: 'member' },
    { stat: 'queue_depth', target: 1500, how: 'sum', across: 'pool', fallback: { kind: 'size', members: 3 } },
    { stat: 'jobs', target: 9, how: 'max', across: 'member', fallback: { kind: 'stat', stat: 'cpu', target: 0.7 } },
  ],
  fallback: { kind: 'stat', stat: 'queue_depth', target: 40 },
  min: 2,
  max: 9,
  mode: 'observe',
  windowMs: 20_000,
  scaleInWindowMs: 300_000,
  scaleOutCooldownMs: 5000,
  scaleInCooldownMs: 90_000,
  tolerance: 0.2,
  staleAfterMs: 70_000,
  maxStepIn: 3,
  slowMinute: 2.5,
  maxDollarsPerHour: 0.125,
  maxDollarsPerMonth: 1250.5,
  replaceSick: 'on',
  maxChangesPerHour: 7,
  sizes: ['s-2vcpu-4gb', 'c-2'],
  regions: ['fra1'],
  refreshExtra: 1,
  calendar: [
    { cron: '0 8 * * 1-5', forMs: 36_000_000, timeZone: 'Europe/Berlin', min: 4, max: null },
    { cron: '30 20 24 dec *', forMs: 95_400_000, timeZone: 'UTC', min: 6, max: 12 },
  ],
  approvalMs: 60_000,
  onExpiryOut: 'hold',
  onExpiryIn: 'act',
  approvers: ['slack:S0614TZR7', 'console'],
  quorum: 2,
  signed: ['temperature', 'app.drift'],
  timeZone: 'Europe/Berlin',
}

describe('policy settings', () => {
  it('each takes its own example and its own value as read, and changes nothing else', () => {
    for (const field of POLICY_FIELDS) {
      const [name, text] = field.example.split(/=(.*)/s) as [string, string]
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
    const words = Object.fromEntries(POLICY_FIELDS.map((field) => [field.name, field.read(OTHER)]))
    assert.deepEqual(change(words), OTHER)
    for (const field of POLICY_FIELDS) {
      assert.ok(isDefault(field, DEFAULT_POLICY), field.name)
      assert.ok(!isDefault(field, OTHER), field.name)
    }
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

  it('take money with or without the sign, and none for no limit', () => {
    for (const text of ['$0.50', '0.5', '.5', ' $0.5 ']) {
      assert.equal(change({ 'max-per-hour': text }).maxDollarsPerHour, 0.5, text)
    }
    assert.equal(change({ 'max-per-month': '$1,250' }).maxDollarsPerMonth, 1250)
    assert.equal(change({ 'max-per-month': 'none' }, OTHER).maxDollarsPerMonth, null)
    assert.equal(change({ 'max-per-month': '12.349' }).maxDollarsPerMonth, 12.35, 'kept as it is shown')
    for (const text of ['0', '-1', '', 'lots', '€5', '1e99', 'Infinity']) {
      refused({ 'max-per-hour': text }, /max-per-hour=.* US dollars above zero, e\.g\. \$0\.50, or none/)
    }
  })

  it('refuse what is out of range or unreadable, naming the setting and what it takes', () => {
    refused({ target: '2%' }, /target=2% .* from 5 % to 99 %/)
    refused({ target: '1' }, /target=1 /)
    refused({ target: '' }, /target= /)
    refused({ target: 'lots' }, /a share/)
    refused({ how: 'median' }, /how=median .* mean, p95, max or sum/)
    refused({ across: 'both' }, /member or pool/)
    refused({ min: '0' }, /min=0 .* from 1 to 1000/)
    refused({ max: '2.5' }, /whole number/)
    refused({ max: '-3' }, /whole number/)
    refused({ mode: 'AUTO!' }, /auto, approve or observe/)
    refused({ window: 'soon' }, /30s or 5m/)
    refused({ 'scale-in-window': '25h' }, /24 h/)
    refused({ 'stale-after': '5s' }, /12 s/)
    refused({ 'changes-per-hour': '0' }, /from 1 to 1000/)
    refused({ 'slow-minute': '-1' }, /droplet-hours from 0 to 1000/)
    refused({ 'slow-minute': '' }, /droplet-hours/)
    refused({ 'on-expiry-out': 'maybe' }, /act or hold/)
    for (const text of ['cpu', 'a b', '']) refused({ signed: text }, /names of statistics that are no fractions/)
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

  it('read a large target as it is shown', () => {
    const queue = change({ stat: 'queue', target: '5000' })
    const target = POLICY_FIELDS.find((field) => field.name === 'target')!
    assert.equal(target.read(queue), '5,000')
    assert.equal(target.write(queue, '5,000').target, 5000)
  })
})

describe('the setting `also`', () => {
  it('takes several statistics, each with its way and its reach, in any order', () => {
    const { also } = change({ also: 'memory:85%, queue_depth:100:sum,search_ms:250:pool:p95' })
    assert.deepEqual(also, [
      { stat: 'memory', target: 0.85, how: 'mean', across: 'member' },
      { stat: 'queue_depth', target: 100, how: 'sum', across: 'member' },
      { stat: 'search_ms', target: 250, how: 'p95', across: 'pool' },
    ])
    assert.deepEqual(change({ also: 'none' }, OTHER).also, [])
    assert.equal(change({ also: 'cpu:90%:max' }).also.length, 1, 'the scaling statistic in another way')
  })

  it('refuses what it does not understand as a whole', () => {
    refused({ also: '' }, /NAME:TARGET/)
    refused({ also: 'memory' }, /NAME:TARGET/)
    refused({ also: 'memory:' }, /NAME:TARGET/)
    refused({ also: 'memory:85%:median' }, /mean\|p95\|max\|sum/)
    refused({ also: 'memory:85%:max:p95' }, /NAME:TARGET/)
    refused({ also: 'memory:85%:max:max' }, /NAME:TARGET/)
    refused({ also: 'memory:85%,,cpu:50%' }, /NAME:TARGET/)
    refused({ also: 'memory:850%' }, /also: memory=850% .* from 5 % to 99 %/)
    refused({ also: 'queue:0' }, /also: queue=0 .* above zero/)
    refused({ also: 'memory:85%,memory:70%' }, /memory is there twice/)
    refused({ also: Array.from({ length: 9 }, (_, index) => `s${index}:5`).join(',') }, /at most 8/)
  })

  it('changes nothing by what a setting reads already, though that is rounded', () => {
    const policy = { ...DEFAULT_POLICY, target: 0.666, max: 1000, changesPerHour: 1000 }
    const shown = Object.fromEntries(POLICY_FIELDS.map(({ name, read }) => [name, read(policy)]))
    assert.deepEqual(changePolicy(policy, shown), policy)
    assert.deepEqual(changePolicy(policy, { ...shown, min: '2' }), { ...policy, min: 2 })
    assert.equal(changePolicy(DEFAULT_POLICY, { max: '1,000' }).max, 1000)
    assert.throws(() => changePolicy(policy, { max: '2,00' }), /whole number/)
  })
})
