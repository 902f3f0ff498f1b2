import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clean, withoutUnseen } from '../../../src/core/model/clean.ts'

describe('what people and droplets named', () => {
  it('loses what cannot be seen and does harm, and nothing else', () => {
    assert.equal(withoutUnseen('a\u0000\u001B[31m\u0085b\u202Ec\u2066d\u200Ee\u061Cf\u007F'), 'a[31mbcdef')
    assert.equal(withoutUnseen('naïve 名前 👩‍🚀\nשם'), 'naïve 名前 👩‍🚀\nשם')
  })

  it('has one kind of line end, no tab and no half letter', () => {
    assert.equal(clean('a\r\nb\rc\u2028d\te\uD83D'), 'a\nb\nc\nd e\uFFFD')
  })
})
