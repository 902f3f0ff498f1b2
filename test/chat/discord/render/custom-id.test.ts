import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { customIdOf, isShortened } from '../../../../src/chat/discord/commands.ts'

describe('custom ids', () => {
  it('are the action where Discord takes it', () => {
    assert.equal(customIdOf('approve:p1'), 'approve:p1')
    assert.equal(customIdOf('x'.repeat(100)), 'x'.repeat(100))
    assert.equal(isShortened('approve:p1'), false)
  })

  it('are short, the same each time, and different for different actions where it does not', () => {
    const [one, other] = [customIdOf('x'.repeat(101)), customIdOf('x'.repeat(102))]
    assert.equal(one, customIdOf('x'.repeat(101)))
    assert.notEqual(one, other)
    assert.match(one, /^~[\w-]{43}$/)
    assert.ok(isShortened(one))
  })

  it('are never mistaken: an action that looks shortened is shortened', () => {
    assert.notEqual(customIdOf('~abc'), '~abc')
    assert.match(customIdOf(''), /^~[\w-]{43}$/)
  })
})
