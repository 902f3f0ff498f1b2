import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NO_FIGURES } from '../../../src/balancers/balancer.ts'
import type { BackendState } from '../../../src/core/model/backend.ts'
import type { Member } from '../../../src/core/model/member.ts'
import type { Operation } from '../../../src/core/model/operation.ts'
import type { PoolState } from '../../../src/core/pool/state.ts'
import { EMPTY_UPKEEP, type Upkeep } from '../../../src/core/model/upkeep.ts'
import { compare, FORMER_MS, UNHEALTHY_MS, type Finding, type Seen } from '../../../src/core/pool/comparison.ts'
import { sinceTag } from '../../../src/core/pool/tags.ts'
import type { Droplet } from '../../../src/providers/provider.ts'
import { ada, exampleMember, exampleOperation, examplePool, fullState, T } from '../../store/example-state.ts'

const MINUTE = 60_000
const NOW = T + 60 * MINUTE

const droplet = (id: string, changes: Partial<Droplet> & { operation?: string | null } = {}): Droplet => {
  const { operation = `op-${id}`, ...rest } = changes
  return {
    id,
    name: `web-${id.slice(1)}`,
    status: 'active',
    url: `http://10.0.0.${id.slice(1)}:80`,
    tags: [
      'spinup',
      'spinup-pool:web',
      sinceTag(examplePool()),
      ...(operation === null ? [] : [`spinup-op:${operation}`]),
    ],
    createdAt: T + MINUTE,
    dollarsPerHour: 0.006,
    size: '1 vCPU',
    region: 'here',
    ...rest,
  }
}
const origin = droplet('d1', { tags: [], createdAt: 0 })
const backend = (member: number, state: BackendState['state'] = 'healthy'): BackendState => ({
  ...NO_FIGURES,
  url: `http://10.0.0.${member}:80`,
  state,
  inFlight: 0,
  failed: 0,
})

/** Origin web-1 and clones web-2 and web-3, all well, unless told. */
const state = (
  changes: {
    members?: readonly Member[]
    operations?: readonly Operation[]
    upkeep?: Partial<Upkeep>
    protections?: PoolState['protections']
  } = {},
): PoolState => ({
  ...fullState(),
  pool: examplePool(),
  members: changes.members ?? [exampleMember('web-1'), exampleMember('web-2'), exampleMember('web-3')],
  operations: changes.operations ?? [],
  protections: changes.protections ?? {},
  upkeep: { ...EMPTY_UPKEEP, ...changes.upkeep },
  refresh: null,
})
const seen = (changes: Partial<Seen> = {}): Seen => ({
  at: NOW - 1000,
  droplets: [droplet('d2'), droplet('d3')],
  asked: new Set(['d1', 'd2', 'd3']),
  origin,
  backends: [backend(1), backend(2), backend(3)],
  backendsAt: NOW - 1000,
  ...changes,
})
const brief = (findings: readonly Finding[]): readonly string[] =>
  findings.map((finding) => {
    if ('droplet' in finding) return `${finding.kind} ${finding.droplet.id}`
    if ('member' in finding) return `${finding.kind} ${finding.member.id}`
    return finding.kind === 'stray' ? `stray ${finding.url}` : `origin ${finding.state}`
  })
const found = (of: PoolState, with_: Partial<Seen> = {}): readonly string[] => brief(compare(of, seen(with_), NOW))

describe('comparing members with the account', () => {
  it('finds nothing when all agree', () => {
    assert.deepEqual(found(state()), [])
  })

  it('finds a clone whose droplet was deleted or switched off by hand', () => {
    const off = droplet('d3', { status: 'off' })
    assert.deepEqual(found(state(), { droplets: [off] }), ['gone web-2', 'off web-3'])
  })

  it('leaves alone what an operation works on, what is not in service and what changed since the look', () => {
    const working = exampleOperation('op-9', 'web-2')
    assert.deepEqual(found(state({ operations: [working] }), { droplets: [droplet('d3')] }), [])
    for (const changes of [{ phase: 'draining' }, { phaseAt: NOW }] as const) {
      const members = [exampleMember('web-1'), exampleMember('web-2', changes)]
      assert.deepEqual(found(state({ members }), { droplets: [] }), [])
    }
  })

  it('leaves alone a clone whose droplet nobody asked for, whatever the bots’ clocks say', () => {
    const members = [exampleMember('web-1'), exampleMember('web-2')]
    const asked = new Set(['d1'])
    assert.deepEqual(found(state({ members }), { droplets: [], asked }), [])
    assert.deepEqual(found(state({ members }), { droplets: [] }), ['gone web-2'])
  })

  it('spares one that is switched off when it is protected, or has lost Spinup’s tags', () => {
    const off = (changes: Partial<Droplet>): Partial<Seen> => ({
      droplets: [droplet('d2'), droplet('d3', { status: 'off', ...changes })],
    })
    const spared = (of: PoolState, with_: Partial<Seen>): unknown =>
      compare(of, seen(with_), NOW).map((finding) => finding.kind === 'off' && finding.spared)
    assert.deepEqual(spared(state(), off({})), [false])
    const protection = { owner: ada, reason: '', at: T, expiresAt: null }
    assert.deepEqual(spared(state({ protections: { 'web-3': protection } }), off({})), [true])
    assert.deepEqual(spared(state(), off({ tags: ['mine'] })), [true])
  })

  it('tells of the origin off or gone, and of one that is on and does not take part', () => {
    assert.deepEqual(found(state(), { origin: { ...origin, status: 'off' } }), ['origin off'])
    assert.deepEqual(found(state(), { origin: null }), ['origin gone'])
    const members = [exampleMember('web-1', { phase: 'failed' })]
    assert.deepEqual(found(state({ members }), { droplets: [] }), ['lost web-1'])
    const snapshot = { ...exampleOperation('op-9', 'web-1'), kind: 'snapshot' as const }
    assert.deepEqual(found(state({ operations: [snapshot] }), { origin: { ...origin, status: 'off' } }), [])
  })
})

describe('comparing droplets with members', () => {
  const extra = (one: Droplet, backends = seen().backends): Partial<Seen> => ({
    droplets: [droplet('d2'), droplet('d3'), one],
    backends,
  })

  it('waits with a droplet whose operation has just ended and is not booked yet', () => {
    const ended: Operation = {
      ...exampleOperation('op-out', 'web-4'),
      kind: 'scaleIn',
      dropletId: 'd4',
      state: { kind: 'done', at: NOW },
    }
    assert.deepEqual(found(state({ operations: [ended] }), extra(droplet('d4'))), [])
  })

  it('knows a half-made clone: its operation is over, and it was never in service', () => {
    assert.deepEqual(found(state(), extra(droplet('d4'))), ['halfMade d4'])
  })

  it('asks of whatever could be something else', () => {
    const asked = (one: Droplet, of = state(), with_ = extra(one)): void =>
      assert.deepEqual(found(of, with_), [`unmanaged ${one.id}`])
    asked(droplet('d4', { operation: null }))
    // By a Spinup with a Redis of its own, which watches a droplet of the same name; or by this one, before.
    const theirs = [
      ...droplet('d4').tags.filter((tag) => !tag.startsWith('spinup-since:')),
      sinceTag({ createdAt: T - 1 }),
    ]
    asked(droplet('d4', { tags: theirs }))
    const old = { ...state(), pool: examplePool({ createdAt: T - 2 * FORMER_MS }) }
    const aged = droplet('d4', { createdAt: NOW - FORMER_MS - 1 })
    asked({ ...aged, tags: [...aged.tags, sinceTag(old.pool)] }, old)
    const serving = droplet('d4')
    asked(serving, state(), extra(serving, [...seen().backends!, backend(4)]))
    asked(serving, state(), extra(serving, null))
    const former = [{ memberId: 'web-4', dropletId: 'd4', url: serving.url, at: NOW - 10 * MINUTE }]
    asked(serving, state({ upkeep: { former } }))
  })

  it('waits for one that was deleted just now', () => {
    const former = [{ memberId: 'web-4', dropletId: 'd4', url: null, at: NOW - MINUTE }]
    assert.deepEqual(found(state({ upkeep: { former } }), extra(droplet('d4'))), [])
  })

  it('waits for an operation that does not know its droplet yet, or works on it', () => {
    const making = exampleOperation('op-d4', 'web-4')
    assert.deepEqual(found(state({ operations: [making] }), extra(droplet('d4'))), [])
    assert.deepEqual(found(state({ operations: [{ ...making, dropletId: 'd4' }] }), extra(droplet('d4'))), [])
  })

  it('finds the twin of a member, and of a droplet that an operation works on', () => {
    assert.deepEqual(found(state(), extra(droplet('d4', { operation: 'op-d2' }))), ['twin d4'])
    const making = { ...exampleOperation('op-x', 'web-4'), dropletId: 'd5' }
    const droplets = [
      droplet('d2'),
      droplet('d3'),
      droplet('d4', { operation: 'op-x' }),
      droplet('d5', { operation: 'op-x' }),
    ]
    assert.deepEqual(found(state({ operations: [making] }), { droplets }), ['twin d4'])
  })

  it('never looks at a droplet without both tags, nor at the origin', () => {
    for (const tags of [[], ['spinup'], ['spinup-pool:web'], ['spinup', 'spinup-pool:other']]) {
      assert.deepEqual(found(state(), extra(droplet('d4', { tags }))), [])
    }
    assert.deepEqual(found(state(), extra(droplet('d1'))), [])
  })
})

describe('comparing with the balancer', () => {
  const unhealthy = { unhealthy: { 'web-2': NOW - UNHEALTHY_MS } }
  const ill = [backend(1), backend(2, 'unhealthy'), backend(3)]

  it('finds a clone that stays unhealthy while others are well', () => {
    assert.deepEqual(found(state({ upkeep: unhealthy }), { backends: ill }), ['unhealthy web-2'])
    assert.deepEqual(
      found(state({ upkeep: { unhealthy: { 'web-2': NOW - UNHEALTHY_MS + 1 } } }), { backends: ill }),
      [],
    )
  })

  it('leaves the origin and the protected alone, and everyone when nobody is well', () => {
    assert.deepEqual(found(state({ upkeep: { unhealthy: { 'web-1': T } } }), { backends: ill }), [])
    const protection = { owner: ada, reason: '', at: T, expiresAt: null }
    assert.deepEqual(found(state({ upkeep: unhealthy, protections: { 'web-2': protection } }), { backends: ill }), [])
    const all = [backend(1, 'unhealthy'), backend(2, 'unhealthy'), backend(3, 'unhealthy')]
    assert.deepEqual(found(state({ upkeep: unhealthy }), { backends: all }), [])
    assert.deepEqual(found(state({ upkeep: unhealthy }), { backends: null }), [])
  })

  it('finds the address of a former member, and leaves all others alone', () => {
    const former = [{ memberId: 'web-9', dropletId: 'd9', url: backend(9).url, at: NOW - MINUTE }]
    const backends = [...seen().backends!, backend(9), backend(8)]
    assert.deepEqual(found(state({ upkeep: { former } }), { backends }), [`stray ${backend(9).url}`])
    assert.deepEqual(found(state(), { backends }), [], 'nobody’s we know of')
    const earlier = { backends, backendsAt: former[0]!.at + 20_000 }
    assert.deepEqual(found(state({ upkeep: { former } }), earlier), [], 'the balancer was asked too soon after')
    const late = former.map((one) => ({ ...one, at: NOW }))
    assert.deepEqual(found(state({ upkeep: { former: late } }), { backends }), [], 'it left after the look')
    const members = [...state().members, exampleMember('web-9')]
    const droplets = [...seen().droplets, droplet('d9')]
    assert.deepEqual(found(state({ members, upkeep: { former } }), { backends, droplets }), [], 'somebody has it now')
  })
})
