import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { BALANCERS, CLOUDS } from '../../src/registry/registry.ts'

const root = join(import.meta.dirname, '../..')

/** Packages that loading a file loads with it: what is imported as it is needed, and types, are not among them. */
function packagesOf(file: string, seen = new Set<string>()): ReadonlySet<string> {
  const packages = new Set<string>()
  const look = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    const text = readFileSync(path, 'utf8')
    for (const [, type, target = ''] of text.matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'/gm)) {
      if (type !== undefined) continue
      if (target.startsWith('.')) look(join(dirname(path), target))
      else if (!target.startsWith('node:')) packages.add(target)
    }
  }
  look(file)
  return packages
}

describe('the registry', () => {
  for (const file of ['clouds', 'balancers']) {
    it(`loads the records of all ${file}, and none of their SDKs`, () => {
      assert.deepEqual([...packagesOf(join(root, `src/registry/${file}.ts`))], ['zod'])
    })

    it(`has a line for each of the ${file}, and nothing else`, () => {
      const text = readFileSync(join(root, `src/registry/${file}.ts`), 'utf8')
      const lines = text.split('\n').filter((line) => line.startsWith('export'))
      assert.equal(lines.length, (file === 'clouds' ? CLOUDS : BALANCERS).length)
    })
  }

  it('knows each by one name, and has no field of the page twice', () => {
    for (const entries of [CLOUDS, BALANCERS]) {
      assert.equal(new Set(entries.map(({ name }) => name)).size, entries.length)
    }
    const fields = BALANCERS.flatMap(({ form }) => form.fields.map(({ name }) => name))
    assert.deepEqual(fields, [...new Set(fields)])
  })

  it('gives every form field a name that no step of the page has', () => {
    const taken = new Set(['kind', 'csrf', 'cloud'])
    for (const { name, form } of BALANCERS) {
      assert.ok(
        form.fields.every((field) => !taken.has(field.name)),
        name,
      )
    }
  })
})
