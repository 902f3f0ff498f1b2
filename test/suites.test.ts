import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { everyFile, filesOf, SUITES, type Suite } from './suites/suites.ts'

/** Each file is a process of its own. */
const ALONE = /^(?:suites|scenarios|gates)\//

describe('the suites', () => {
  it('have every test file once, but for those that run alone', async () => {
    const suites = Object.keys(SUITES) as Suite[]
    const inSuites = (await Promise.all(suites.map(filesOf))).flat()
    const expected = (await everyFile()).filter((file) => !ALONE.test(file))
    assert.deepEqual(inSuites.toSorted(), expected)
  })

  it('are each run by a file of their name', async () => {
    const files = (await everyFile()).filter((file) => file.startsWith('suites/'))
    const expected = Object.keys(SUITES).map((suite) => `suites/${suite}.test.ts`)
    assert.deepEqual(files, expected.toSorted())
  })
})
