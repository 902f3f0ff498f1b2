import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { differences, said } from './said.ts'
import { situations } from './situations.ts'

const NOW = Date.UTC(2026, 0, 15, 12)

describe('a card on every platform', () => {
  for (const [name, view] of Object.entries(situations(NOW))) {
    it(`has the same tone, headline and numbers for ${name}`, () => {
      assert.deepEqual(differences(said(view, NOW)), [])
    })
  }
})
