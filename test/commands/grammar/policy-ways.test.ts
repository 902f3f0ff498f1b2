import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ChatHandlers } from '../../../src/chat/chat.ts'
import { composeLine } from '../../../src/chat/grammar.ts'
import { parsePolicy } from '../../../src/cli/policy-file.ts'
import { createHandlers } from '../../../src/commands/dispatch/handlers.ts'
import { command as settings } from '../../../src/commands/policy.ts'
import { createPlatforms } from '../../../src/core/model/platforms.ts'
import { DEFAULT_POLICY, type Policy } from '../../../src/core/model/policy.ts'
import { changePolicy, POLICY_FIELDS } from '../../../src/core/policy/fields.ts'
import { CHATS } from '../../../src/registry/registry.ts'
import { ada } from '../../store/example-state.ts'

type Key = keyof Policy
/** What a way in makes of a value: as it is kept, or that it is refused. */
type Verdict = { readonly kept: unknown } | 'refused'

const asker = { actor: ada, place: { platform: 'console', channel: 'main', tenant: null }, roles: [] }

/** The three ways in that are typed, pressed or filled in; each ends where the engine would change the policy. */
const WAYS: Readonly<Record<string, (handlers: ChatHandlers, name: string, text: string) => Promise<unknown>>> = {
  'a line': (handlers, name, text) => handlers.command({ text: `policy ${name}="${text}"`, asker }),
  'a named option': (handlers, name, text) =>
    handlers.command({ text: composeLine(settings, { settings: `${name}="${text}"` }), asker }),
  'the form': (handlers, name, text) => handlers.action({ action: 'ask:policy', asker, values: { [name]: text } }),
  'a button': (handlers, name, text) => handlers.action({ action: `apply:mark:${name}="${text}"`, asker }),
}

async function typed(way: string, key: Key, text: string): Promise<Verdict> {
  const field = POLICY_FIELDS.find((known) => known.key === key)!
  let verdict: Verdict = 'refused'
  const handlers = createHandlers({
    perform: async (request) => {
      assert.ok(request.kind === 'policy')
      verdict = { kept: changePolicy(DEFAULT_POLICY, request.changes, createPlatforms(CHATS))[key] }
      return []
    },
    form: async () => [],
    home: async () => [],
    facts: async () => ({ pools: [], members: [], stats: [] }),
    now: () => 0,
    failed: assert.ifError,
  })
  await WAYS[way]!(handlers, field.name, text)
  return verdict
}

function filed(key: Key, value: unknown): Verdict {
  try {
    return { kept: parsePolicy('p.json', JSON.stringify({ [key]: value }))[key] }
  } catch (error) {
    assert.equal((error as { readonly code?: string }).code, 'configuration', String(error))
    assert.match(String(error), new RegExp(`${key}|min|target|fallback`))
    return 'refused'
  }
}

/** Good and bad values of each setting: as typed, and in plain data. What was once taken by one way alone is among them. */
const VALUES: Readonly<Record<Key, readonly (readonly [text: string, plain: unknown, good: boolean])[]>> = {
  stat: [['memory', 'memory', true], ['9lives', '9lives', false], ['a b', 'a b', false]],
  target: [['60%', 0.6, true], ['5%', 0.05, true], ['4%', 0.04, false], ['99.5%', 0.995, false], ['2000%', 20, false]],
  how: [['max', 'max', true], ['median', 'median', false], ['MAX', 'MAX', false]],
  across: [['pool', 'pool', true], ['both', 'both', false]],
  fallback: [
    ['hold', { kind: 'hold' }, true],
    ['3', { kind: 'size', members: 3 }, true],
    ['memory@70%', { kind: 'stat', stat: 'memory', target: 0.7 }, true],
    ['0', { kind: 'size', members: 0 }, false],
    ['1001', { kind: 'size', members: 1001 }, false],
    ['memory@700%', { kind: 'stat', stat: 'memory', target: 7 }, false],
    ['cpu@70%', { kind: 'stat', stat: 'cpu', target: 0.7 }, false],
    ['queue', { kind: 'stat', stat: 'queue' }, false],
  ],
  also: [
    ['none', [], true],
    ['queue:9', [{ stat: 'queue', target: 9 }], true],
    ['memory:85%:max:pool', [{ stat: 'memory', target: 0.85, how: 'max', across: 'pool' }], true],
    ['queue:0', [{ stat: 'queue', target: 0 }], false],
    ['memory:850%', [{ stat: 'memory', target: 8.5 }], false],
    ['queue:1,queue:2', [{ stat: 'queue', target: 1 }, { stat: 'queue', target: 2 }], false],
    ['queue:9:else=queue@1', [{ stat: 'queue', target: 9, fallback: { kind: 'stat', stat: 'queue', target: 1 } }], false],
    ['1,2,3,4,5,6,7,8,9'.replaceAll(/\d/g, 's$&:1'), [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => ({ stat: `s${n}`, target: 1 })), false],
  ],
  min: [['1', 1, true], ['5', 5, true], ['6', 6, false], ['0', 0, false], ['1.5', 1.5, false]],
  max: [['1', 1, true], ['1000', 1000, true], ['1001', 1001, false], ['0', 0, false], ['many', 'many', false]],
  mode: [['observe', 'observe', true], ['Auto', 'Auto', false]],
  windowMs: [['1s', 1000, true], ['0', 0, false], ['999ms', 999, false], ['24h', 86_400_000, true], ['25h', 90_000_000, false]],
  scaleInWindowMs: [['5s', 5000, true], ['4s', 4000, false]],
  scaleOutCooldownMs: [['0', 0, true], ['25h', 90_000_000, false]],
  scaleInCooldownMs: [['0', 0, true], ['25h', 90_000_000, false]],
  tolerance: [['0', 0, true], ['90%', 0.9, true], ['91%', 0.91, false]],
  staleAfterMs: [['12s', 12_000, true], ['11s', 11_000, false], ['1s', 1000, false]],
  maxStepIn: [['100', 100, true], ['101', 101, false], ['0', 0, false]],
  slowMinute: [['0', 0, true], ['1000', 1000, true], ['1001', 1001, false]],
  maxDollarsPerHour: [['0.5', 0.5, true], ['none', null, true], ['0', 0, false], ['1000001', 1_000_001, false]],
  maxDollarsPerMonth: [['12.349', 12.349, true], ['0', 0, false], ['lots', 'lots', false]],
  sizes: [['S-2vcpu-4gb,c-2,c-2', ['S-2vcpu-4gb', 'c-2', 'c-2'], true], ['a b', ['a b'], false], ['a,,b', ['a', '', 'b'], false]],
  regions: [['fra1', ['fra1'], true], ['1,2,3,4,5,6,7,8,9', '123456789'.split(''), false]],
  refreshExtra: [['1', 1, true], ['2', 2, false]],
  maxChangesPerHour: [['1000', 1000, true], ['1001', 1001, false], ['0', 0, false]],
  replaceSick: [['on', 'on', true], ['yes', 'yes', false]],
  calendar: [
    ['0 8 * * 1-5 for 10h min=4', [{ cron: '0 8 * * 1-5', forMs: 36_000_000, timeZone: 'UTC', min: 4, max: null }], true],
    ['@daily for 7d max=9 Europe/Berlin', [{ cron: '@daily', forMs: 604_800_000, timeZone: 'Europe/Berlin', max: 9 }], true],
    ['noon for 1h min=2', [{ cron: 'noon', forMs: 3_600_000, timeZone: 'UTC', min: 2 }], false],
    ['@daily for 90s min=2', [{ cron: '@daily', forMs: 90_000, timeZone: 'UTC', min: 2 }], false],
    ['@daily for 8d min=2', [{ cron: '@daily', forMs: 691_200_000, timeZone: 'UTC', min: 2 }], false],
    ['@daily for 1h', [{ cron: '@daily', forMs: 3_600_000, timeZone: 'UTC' }], false],
    ['@daily for 1h min=3 max=2', [{ cron: '@daily', forMs: 3_600_000, timeZone: 'UTC', min: 3, max: 2 }], false],
    ['@daily for 1h min=9', [{ cron: '@daily', forMs: 3_600_000, timeZone: 'UTC', min: 9 }], false],
    ['@daily for 1h min=2 Mars/Base', [{ cron: '@daily', forMs: 3_600_000, timeZone: 'Mars/Base', min: 2 }], false],
  ],
  approvalMs: [['10s', 10_000, true], ['9s', 9000, false]],
  onExpiryOut: [['hold', 'hold', true], ['maybe', 'maybe', false]],
  onExpiryIn: [['act', 'act', true], ['no', 'no', false]],
  approvers: [
    ['everyone', [], true],
    ['Slack:s0614TZR7 console', ['Slack:s0614TZR7', 'console'], true],
    ['ada', ['ada'], false],
    ['slack:X1', ['slack:X1'], false],
  ],
  quorum: [['10', 10, true], ['11', 11, false], ['0', 0, false]],
  signed: [['drift,drift', ['drift', 'drift'], true], ['none', [], true], ['cpu', ['cpu'], false], ['a b', ['a b'], false]],
  timeZone: [['Europe/Berlin', 'Europe/Berlin', true], ['Berlin', 'Berlin', false]],
} // prettier-ignore

describe('a value of a setting', () => {
  for (const way of Object.keys(WAYS)) {
    it(`is judged by ${way} as by a policy file, and kept as the same`, async () => {
      for (const key of Object.keys(VALUES) as Key[]) {
        for (const [text, plain, good] of VALUES[key]) {
          const what = `${key}: ${text}`
          const verdict = await typed(way, key, text)
          assert.equal(verdict !== 'refused', good, `${what} by ${way}`)
          assert.deepEqual(filed(key, plain), verdict, `${what} in a file`)
        }
      }
    })
  }

  it('has the same bounds however it comes, to the last one', async () => {
    const numbers = POLICY_FIELDS.filter(({ key }) => typeof DEFAULT_POLICY[key] === 'number')
    assert.ok(numbers.length >= 14)
    for (const { key } of numbers.filter(({ key: one }) => one !== 'target' && one !== 'tolerance')) {
      const unit = key.endsWith('Ms') ? 'ms' : ''
      for (const bound of [0, 1, 2, 10, 100, 1000, 5000, 10_000, 12_000, 35_000, 86_400_000, 100_000_000]) {
        for (const value of [bound - 1, bound, bound + 1]) {
          if (value < 0) continue
          assert.deepEqual(await typed('a line', key, `${value}${unit}`), filed(key, value), `${key}: ${value}`)
        }
      }
    }
  })

  it('of another kind is refused in a file by the field’s name', () => {
    for (const { key } of POLICY_FIELDS) {
      for (const odd of [true, -1, {}, [{}], [null], 'nothing of that kind', { kind: 'other' }, [['a']]]) {
        assert.equal(filed(key, odd), 'refused', `${key}: ${JSON.stringify(odd)}`)
      }
    }
  })
})
