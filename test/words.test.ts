import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { faults, faultsIn, readable } from './words/find.ts'

const found = (source: string, file = 'src/a.ts'): readonly string[] => faults(file, source)

describe('the words', () => {
  it('are those a stranger of the field knows, in texts, comments, names and pages', () => {
    const files = readable()
    assert.ok(files.length > 500, 'the files were not found')
    assert.deepEqual(files.flatMap(faultsIn), [])
  })

  it('are looked for in strings, templates, labels and comments, each with its line', () => {
    const source = [
      "const one = 'the channel is told'",
      'const two = `a ${name} told\nnever told ${`inside told ${deep}`} again`',
      '/** It is told. */',
      'const three = { label: "Told" } // told',
    ].join('\n')
    assert.deepEqual(
      found(source).map((fault) => fault.replace(/:.*?(\d+): .*/, ' $1')),
      ['src/a.ts 1', 'src/a.ts 2', 'src/a.ts 3', 'src/a.ts 3', 'src/a.ts 4', 'src/a.ts 5', 'src/a.ts 5'],
    )
  })

  it('are looked for in names, one word of a name at a time', () => {
    assert.deepEqual(found('const toldAt = unheardMs + x.isSick + attend'), [
      'src/a.ts:1: “told”: says, shows, reports, gets',
      'src/a.ts:1: “unheard”: has not reported for',
      'src/a.ts:1: “Sick”: unhealthy',
    ])
    assert.equal(found('', 'src/sight.ts').length, 1)
    assert.equal(found("const a = { kind: 'lapsed' }").length, 1)
  })

  it('are not looked for in the names of files, in scripts of Redis and in regular expressions', () => {
    assert.deepEqual(found("import { a } from './told it.ts'"), [])
    assert.deepEqual(found("const a = `redis.call('GET', 'told me')`"), [])
    assert.deepEqual(found('const a = /it is told/.test(b) ? c / told1 / d : 1'), [])
  })

  it('are not looked for in what people may type', () => {
    const phrases = "const aliases = 'unpause, resume, go on, tell me, start'"
    assert.deepEqual(found(phrases, 'src/commands/resume.ts'), [])
    assert.equal(found(phrases).length, 2)
    assert.equal(found("const text = 'It tells you: one, two, three, four, five.'", 'src/commands/resume.ts').length, 1)
  })

  it('are found after what looks like the start of something else', () => {
    assert.equal(found(`const a = /['"\`]/; const b = 'it is told'`).length, 1)
    assert.equal(found(`const a = b / c; const d = 'it is told' // e / f`).length, 1)
    assert.equal(found('const a = `${b ? "}" : `{`} it is told`').length, 1)
    assert.equal(found("const a = 'it\\'s told'").length, 1)
  })

  it('are looked for in what is not released yet, and not in what is quoted as code', () => {
    const log = '# Log\n\n## Unreleased\n\n- It is told.\n\n## 1.0\n\n- It was told.\n'
    assert.deepEqual(found(log, 'CHANGELOG.md'), ['CHANGELOG.md:5: “told”: says, shows, reports, gets'])
    assert.deepEqual(found('Say `told`.', 'README.md'), [])
  })
})
