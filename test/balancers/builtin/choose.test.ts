import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseAddress } from '../../../src/balancers/builtin/process/address.ts'
import { createChooser, LOAD_FRESH_MS } from '../../../src/balancers/builtin/process/queue.ts'
import { createMember, type Member } from '../../../src/balancers/builtin/process/member.ts'

function memberAt(port: number, given: Partial<Member> = {}): Member {
  const address = parseAddress(`http://10.0.0.1:${port}`)
  assert.ok(!('refused' in address))
  return Object.assign(
    createMember(address, () => 0),
    { healthy: true, proven: true },
    given,
  )
}

/** How many of `count` requests that end at once each member gets. */
function shares(members: readonly Member[], count: number, now = 0): readonly number[] {
  const chooser = createChooser(() => now)
  const got = new Map<Member, number>()
  for (let turn = 0; turn < count; turn += 1) {
    const chosen = chooser.choose(members, null)
    assert.ok(chosen !== null)
    got.set(chosen, (got.get(chosen) ?? 0) + 1)
  }
  return members.map((member) => got.get(member) ?? 0)
}

describe('choosing a member', () => {
  it('equal idle members take turns', () => {
    assert.deepEqual(shares([memberAt(1), memberAt(2), memberAt(3)], 30), [10, 10, 10])
  })

  it('the one with fewer requests in flight is chosen', () => {
    const [busy, free] = [memberAt(1, { inFlight: 3 }), memberAt(2, { inFlight: 2 })]
    const chooser = createChooser(() => 0)
    for (let turn = 0; turn < 5; turn += 1) assert.equal(chooser.choose([busy, free], null), free)
  })

  it('a lighter load draws more, but not all, of a quiet traffic', () => {
    const [heavy, light] = shares(
      [memberAt(1, { load: { value: 1, at: 0 } }), memberAt(2, { load: { value: 0, at: 0 } })],
      400,
    )
    assert.equal((heavy ?? 0) + (light ?? 0), 400)
    assert.ok((heavy ?? 0) >= 80 && (heavy ?? 0) <= 120, `a quarter for the heavy one, got ${heavy}`)
  })

  it('a load reported too long ago says nothing', () => {
    const members = [memberAt(1, { load: { value: 1, at: 0 } }), memberAt(2, { load: { value: 0, at: 0 } })]
    assert.deepEqual(shares(members, 100, LOAD_FRESH_MS + 1), [50, 50])
  })

  it('a member that was away gets its share, not a burst', () => {
    const [old, late] = [memberAt(1), memberAt(2, { healthy: false })]
    const chooser = createChooser(() => 0)
    for (let turn = 0; turn < 100; turn += 1) chooser.choose([old, late], null)
    late.healthy = true
    let got = 0
    for (let turn = 0; turn < 10; turn += 1) if (chooser.choose([old, late], null) === late) got += 1
    assert.ok(got >= 4 && got <= 6, `about half of ten, got ${got}`)
  })

  it('draining, unhealthy and tried members are passed over', () => {
    const members = [memberAt(1, { draining: true }), memberAt(2, { healthy: false }), memberAt(3)]
    assert.deepEqual(shares(members, 10), [0, 0, 10])
    const chooser = createChooser(() => 0)
    assert.equal(chooser.choose([memberAt(1, { draining: true })], null), null)
  })

  it('with no healthy member the proven ones are tried, and those never seen healthy are not', () => {
    const members = [
      memberAt(1, { healthy: false }),
      memberAt(2, { healthy: false, proven: false }),
      memberAt(3, { healthy: false, draining: true }),
    ]
    assert.deepEqual(shares(members, 10), [10, 0, 0])
  })

  it('a member already tried is not tried again', () => {
    const [a, b] = [memberAt(1), memberAt(2)]
    const chooser = createChooser(() => 0)
    assert.equal(chooser.choose([a, b], new Set([a])), b)
    assert.equal(chooser.choose([a, b], new Set([a, b])), null)
  })
})
