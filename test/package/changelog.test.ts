import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { cutRelease, nextVersion, notesOf } from '../../package/changelog.ts'

const HEAD = '# Changelog\n\nWords.\n\n'

describe('a release', () => {
  it('has the version that is asked for, by semver, and none that came before', () => {
    const cases: readonly (readonly [version: string, wish: string, next: string | null])[] = [
      ['0.1.0', 'patch', '0.1.1'],
      ['0.1.9', 'minor', '0.2.0'],
      ['1.9.9', 'major', '2.0.0'],
      ['0.1.0', '0.1.0', '0.1.0'],
      ['0.9.0', '0.10.0', '0.10.0'],
      ['0.10.0', '0.9.0', null],
      ['1.2.3', '1.2.2', null],
      ['1.2.3', '2', null],
      ['1.2.3', 'v2.0.0', null],
      ['1.2.3', 'constructor', null],
    ]
    for (const [version, wish, next] of cases) assert.equal(nextVersion(version, wish), next, `${version} ${wish}`)
  })

  it('takes what is unreleased, with each heading once, and leaves earlier releases as they are', () => {
    const own = '### Added\n\n- One.\n\n### Fixed\n\n- Two.\n\n- Three.\n\n### Added\n\n- Four.\n'
    const before = '## 0.1.0 – 2026-01-01\n\n- Zero.\n'
    assert.equal(
      cutRelease(`${HEAD}## Unreleased\n\n${own}\n${before}`, '0.2.0', '2026-11-30'),
      `${HEAD}## Unreleased\n\n## 0.2.0 – 2026-11-30\n\n### Added\n\n- One.\n- Four.\n\n### Fixed\n\n- Two.\n- Three.\n\n${before}`,
    )
  })

  it('is none where nothing is unreleased, or where it is there already', () => {
    for (const text of ['', '## Unreleased\n', '## Unreleased\n\n### Added\n\n## 0.1.0 – 2026-01-01\n\n- Zero.\n']) {
      assert.equal(cutRelease(HEAD + text, '0.2.0', '2026-11-30'), null)
    }
    const text = `${HEAD}## Unreleased\n\n- One.\n\n## 0.2.0 – 2026-01-01\n\n- Zero.\n`
    assert.equal(cutRelease(text, '0.2.0', '2026-11-30'), null)
  })

  it('of this changelog has every line of it, and its notes are those lines', async () => {
    const text = await readFile(join(import.meta.dirname, '../../CHANGELOG.md'), 'utf8')
    const cut = cutRelease(text, '99.0.0', '2026-11-30')
    const lines = (of: string): readonly string[] =>
      of
        .split('\n')
        .filter((line) => line.startsWith('- '))
        .toSorted()
    assert.deepEqual(lines(cut ?? text), lines(text))
    const notes = cut === null ? '' : (notesOf(cut, '99.0.0') ?? '')
    const headings = notes.split('\n').filter((line) => line.startsWith('#'))
    assert.equal(new Set(headings).size, headings.length, 'each heading once')
    assert.equal(notesOf(text, '99.0.0'), null)
  })
})
