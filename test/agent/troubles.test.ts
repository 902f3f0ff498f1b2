import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTroubles } from '../../agent/core/troubles.ts'

describe('agent troubles', () => {
  it('are logged at once, then once a minute with how many there were', () => {
    const troubles = createTroubles()
    assert.equal(troubles.note('statsd', '"a:b"', 0, 2), 'StatsD lines not understood: 2, such as "a:b"')
    for (let at = 1_000; at < 60_000; at += 1_000) assert.equal(troubles.note('statsd', '"c:d"', at), null)
    assert.equal(troubles.note('statsd', '"e:f"', 60_000), 'StatsD lines not understood: 60, such as "e:f"')
    assert.equal(
      troubles.note('name', 'cpu: taken', 60_001),
      'stats not accepted: 1, such as cpu: taken',
      'a kind each',
    )
  })

  it('are told for ten minutes after the last of their kind, the newest first', () => {
    const troubles = createTroubles()
    troubles.note('statsd', '"a:b"', 0, 3)
    troubles.note('counters', 'steal went back', 300_000)
    assert.deepEqual(troubles.recent(300_001), [
      'odd counters of this host: 1, such as steal went back',
      'StatsD lines not understood: 3, such as "a:b"',
    ])
    assert.deepEqual(troubles.recent(600_001), ['odd counters of this host: 1, such as steal went back'])
    troubles.note('statsd', '"g:h"', 700_000)
    assert.equal(troubles.recent(700_001)[0], 'StatsD lines not understood: 1, such as "g:h"', 'counted from one again')
  })

  it('keep long examples short', () => {
    const line = createTroubles().note('statsd', 'x'.repeat(60_000), 0)
    assert.ok((line ?? '').length < 200)
  })
})
