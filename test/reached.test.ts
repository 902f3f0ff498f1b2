import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { reached } from './reached.ts'

describe('the tests that a change reaches', () => {
  const tests = [
    'test/secret.test.ts',
    'test/places.test.ts',
    'test/core/model/words.test.ts',
    'test/ingest/ingest.test.ts',
  ]

  it('are those that import it, by however many files between', async () => {
    assert.deepEqual(await reached(tests, ['src/core/model/words.ts']), [
      'test/core/model/words.test.ts',
      'test/ingest/ingest.test.ts',
    ])
    assert.deepEqual(await reached(tests, ['src/ingest/ingest.ts']), ['test/ingest/ingest.test.ts'])
  })

  it('are themselves, when they are what was changed', async () => {
    assert.deepEqual(await reached(tests, ['test/secret.test.ts']), ['test/secret.test.ts'])
  })

  it('are none for what no code imports', async () => {
    assert.deepEqual(await reached(tests, ['README.md', 'src/gone.ts']), [])
  })
})
