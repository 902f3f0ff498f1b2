import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NO_FIGURES } from '../../../src/balancers/balancer.ts'
import { EMPTY_UPKEEP } from '../../../src/core/model/upkeep.ts'
import { unhealthySince } from '../../../src/core/pool/unhealthy.ts'
import { exampleMember, fullState, T } from '../../store/example-state.ts'

const MEMBER = exampleMember('web-2')
const backend = { ...NO_FIGURES, url: MEMBER.url ?? '', state: 'unhealthy', inFlight: 0, failed: 0 } as const

describe('members that the balancer finds unhealthy', () => {
  const state = { ...fullState(), members: [MEMBER], upkeep: EMPTY_UPKEEP }

  it('are sick since it was seen', () => {
    assert.deepEqual(unhealthySince(state, { at: T + 1, backends: [backend], queued: null, trouble: null }), {
      [MEMBER.id]: T + 1,
    })
  })

  it('are not sick by a look from before they came in: they were still being checked', () => {
    assert.deepEqual(unhealthySince(state, { at: T, backends: [backend], queued: null, trouble: null }), {})
  })
})
