import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { shortNames } from '../../src/charts/text.ts'

const tenEach = (text: string): number => [...text].length * 10

function short(names: readonly string[], width = 150): readonly string[] {
  const found = shortNames(names, width, tenEach)
  assert.equal(found.length, names.length)
  for (const name of found) assert.ok(tenEach(name) <= width, name)
  assert.equal(new Set(found).size, names.length, found.join(' | '))
  return found
}

const eight = (name: (index: number) => string): readonly string[] =>
  Array.from({ length: 8 }, (_, index) => name(index + 1))

describe('names of lines', () => {
  it('stay as they are where they fit', () => {
    assert.deepEqual(short(['web-1', 'web-2']), ['web-1', 'web-2'])
  })

  it('lose their middle, so that beginning and end are read', () => {
    assert.deepEqual(short(['production-web-frontend-1', 'production-web-frontend-2']), [
      'product…ntend-1',
      'product…ntend-2',
    ])
  })

  it('look different in eights, wherever the difference is', () => {
    short(eight((index) => `production-web-frontend-fra1-0${index}`))
    short(eight((index) => `production-web-${index}-frontend-in-frankfurt-one`))
    short(eight((index) => `${index}-production-web-frontend-in-frankfurt`))
    short(eight((index) => `production-web-frontend-${'x'.repeat(index)}-in-frankfurt-one-blue`))
    short(eight((index) => `a-very-long-beginning-of-it-all-${index}-a-very-long-end-of-it-all`))
  })

  it('are numbered where they are alike, and only those', () => {
    assert.deepEqual(short(['??', 'web-1', '??']), ['?? 1', 'web-1', '?? 3'])
    short(eight(() => 'the-same-long-name-for-all-of-them'))
    assert.deepEqual(shortNames(['web-1'], 150, tenEach), ['web-1'])
    assert.deepEqual(shortNames([], 150, tenEach), [])
  })
})
