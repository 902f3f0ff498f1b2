import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isOlder } from '../../../src/core/model/agent-about.ts'

describe('a version', () => {
  it('is older by its first lower number, however many digits it has', () => {
    for (const [one, other] of [
      ['0.9.0', '0.10.0'],
      ['1.2.3', '2.0.0'],
      ['1.2', '1.2.1'],
      ['1.2.3-beta.1', '1.2.4'],
    ] as const) {
      assert.equal(isOlder(one, other), true, `${one} before ${other}`)
      assert.equal(isOlder(other, one), false, `${other} after ${one}`)
    }
    for (const same of ['1.2.3', '1.2.3+build', '1.2.3-beta']) assert.equal(isOlder(same, '1.2.3'), false, same)
    assert.equal(isOlder('1.2', '1.2.0'), false)
  })

  it('that is not known is older than any', () => {
    for (const none of [null, '', 'x', 'v1']) assert.equal(isOlder(none, '0.0.1'), true, String(none))
  })
})
