import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parsePolicy } from '../../src/cli/policy-file.ts'
import { DEFAULT_POLICY } from '../../src/core/model/policy.ts'

const refused = (fields: object | string, message: RegExp): void => {
  const text = typeof fields === 'string' ? fields : JSON.stringify(fields)
  assert.throws(() => parsePolicy('p.json', text), { code: 'configuration', message })
}

describe('a policy file', () => {
  it('sets what it holds and nothing else', () => {
    assert.deepEqual(parsePolicy('p.json', '{"min": 1, "max": 60}'), { min: 1, max: 60 })
    assert.deepEqual(parsePolicy('p.json', JSON.stringify(DEFAULT_POLICY)), DEFAULT_POLICY, 'all the fields there are')
    const also = parsePolicy('p.json', '{"also": [{"stat": "queue", "target": 9}]}')
    assert.deepEqual(also, { also: [{ stat: 'queue', target: 9, how: 'mean', across: 'member' }] })
  })

  it('is YAML as well, with comments', () => {
    const text = '# why\nmax: 60 # the most\nalso:\n  - stat: queue\n    target: 9\nmode: approve\n'
    const also = [{ stat: 'queue', target: 9, how: 'mean', across: 'member' }]
    assert.deepEqual(parsePolicy('p.yaml', text), { max: 60, also, mode: 'approve' })
    refused('max: 6\nmax: 7\n', /not JSON or YAML \(Map keys must be unique/)
    refused('max: [1', /not JSON or YAML/)
    refused('', /takes one object/)
    refused('maxx: 6', /did you mean max\?/)
  })

  it('names every wrong field and what it takes', () => {
    refused({ max: 0, tolerance: 'much' }, /max takes a whole number from 1 to 1000\n {2}tolerance takes a fraction/)
    refused({ 'scale-in-window': 5 }, /did you mean scaleInWindowMs\?/)
    refused({ also: [{ target: 1 }] }, /also\[0\]\.stat is missing/)
    refused(
      { calendar: [{ cron: 'noon', forMs: 60_000, timeZone: 'UTC', min: 1, max: null }] },
      /calendar\[0\] takes a cron line of five parts/,
    )
    refused('[1]', /takes one object/)
    refused('{"min": 1', /not JSON/)
  })

  it('refuses what does not fit together', () => {
    refused({ min: 9 }, /min 9 is above max 5; what is not in it has its default/)
    refused({ stat: 'queue_depth' }, /give its target too/)
  })
})
