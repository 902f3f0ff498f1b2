import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { after, before, describe, it } from 'node:test'
import { SpinupError } from '../../src/core/model/error.ts'
import { BUDGET } from '../../src/visuals/limits.ts'
import type { Outcome } from '../../src/visuals/messages.ts'
import { createPreparation } from '../../src/visuals/prepare.ts'
import { createSandbox, type Sandbox } from '../../src/visuals/sandbox.ts'
import { moduleOf } from './bombs.ts'
import { EMPTY, orderOf } from './orders.ts'

const root = join(import.meta.dirname, '../..')

/** A module that draws a text: the value of an expression. */
const saying = (expression: string): string =>
  moduleOf({ code: `return [['text', { x: 5, y: 20 }, String(${expression})]]` })

describe('the sandbox', () => {
  const preparation = createPreparation()
  let sandbox: Sandbox
  before(() => {
    sandbox = createSandbox({ ...preparation, processes: 1 })
  })
  after(async () => {
    await sandbox.close()
    await preparation.close()
  })

  const draw = (
    source: string,
    more: { readonly owner?: string; readonly scale?: number | null } = {},
  ): Promise<Outcome> =>
    sandbox.run({ owner: more.owner ?? 'a', visual: { source }, order: orderOf(), scale: more.scale ?? null })
  const svgOf = async (source: string): Promise<string> => {
    const outcome = await draw(source)
    assert.ok(outcome.kind === 'drawn', JSON.stringify(outcome))
    return outcome.svg
  }
  const failureOf = async (source: string): Promise<Extract<Outcome, { kind: 'failed' }>> => {
    const outcome = await draw(source)
    assert.ok(outcome.kind === 'failed', JSON.stringify(outcome).slice(0, 400))
    return outcome
  }

  it('gives a picture, its SVG, and what the module says of itself and of the picture', async () => {
    const source = `export default {
      title: 'Mine', needs: { stats: ['cpu'], range: '2h' }, options: { size: 3 },
      draw: (data, options, kit) => [['circle', { cx: 9, cy: 9, r: options.size, fill: kit.colours.good }]],
      describe: (data) => 'A circle of ' + data.pool,
    }`
    const outcome = await draw(source, { scale: 2 })
    assert.ok(outcome.kind === 'drawn')
    assert.match(outcome.svg, /<circle cx="9" cy="9" r="3" fill="#[0-9a-f]{6}">/)
    assert.equal(outcome.alt, 'A circle of web')
    assert.deepEqual(outcome.about.needs, { stats: ['cpu'], range: '2h' })
    const png = Buffer.from(outcome.png ?? '', 'base64')
    assert.deepEqual([png.toString('latin1', 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)], ['PNG', 1080, 720])
  })

  it('asks a module what it needs without drawing', async () => {
    const source = `export default { title: 'Mine', needs: { tags: ['tags'] }, draw() { throw new Error('drawn') } }`
    const outcome = await sandbox.run({ owner: 'a', visual: { source }, order: null, scale: null })
    assert.ok(outcome.kind === 'about')
    assert.deepEqual([outcome.about.title, outcome.about.needs], ['Mine', { tags: ['tags'] }])
  })

  for (const [what, source, why, line] of [
    [
      'an error that is thrown',
      `export default { title: 'x', needs: {},\n draw() {\n  null.x\n } }`,
      /Cannot read properties of null/,
      3,
    ],
    ['a mistake in its grammar', `export default {\n title: 'x',\n draw( {}\n}`, /Unexpected token|missing/, 4],
    [
      'a name that nobody knows',
      `export default { title: 'x', needs: {},\n draw: () => nobody }`,
      /nobody is not defined/,
      2,
    ],
    ['an import', `import fs from 'node:fs'\nexport default {}`, /imports nothing, so not node:fs/, null],
    ['no draw', `export default { title: 'x', needs: {} }`, /it has no draw/, null],
    ['a picture that is none', moduleOf({ code: 'return 42' }), /draw gave number/, null],
  ] as const) {
    it(`says what is wrong with ${what}, and where it is known`, async () => {
      const failed = await failureOf(source)
      assert.match(failed.why, why)
      if (line !== null) assert.equal(failed.place?.line, line)
    })
  }

  it('is there for the next after one that never ends, one that takes all memory and one that crashes its process', async () => {
    const strict = createSandbox({ ...preparation, processes: 1, budget: { ...BUDGET, wallMs: 500 } })
    try {
      const ends: string[] = []
      for (const code of [
        'for (;;) {}',
        'const all = []; for (;;) all.push(new Array(1e5).fill(1.5))',
        'throw new Error("x".repeat(5e8))',
        'return "<svg/>"',
      ]) {
        ends.push(
          (await strict.run({ owner: 'a', visual: { source: moduleOf({ code }) }, order: orderOf(), scale: null }))
            .kind,
        )
      }
      assert.deepEqual(ends, ['failed', 'failed', 'failed', 'drawn'])
    } finally {
      await strict.close()
    }
  })

  it('has nothing of Node, no clock of waiting and no memory beside its heap in the code’s reach', async () => {
    const names = [
      'process',
      'require',
      'fetch',
      'setTimeout',
      'WebAssembly',
      'SharedArrayBuffer',
      'Atomics',
      'gc',
      'Buffer',
      'global',
      'module',
    ]
    const svg = await svgOf(saying(`${JSON.stringify(names)}.filter((name) => name in globalThis || globalThis[name])`))
    assert.match(svg, /<text x="5" y="20"><\/text>/)
  })

  it('lets no drawing see what an earlier one left, of its own team or another', async () => {
    await draw(saying('globalThis.left = Array.prototype.left = 1'))
    for (const owner of ['a', 'b']) {
      const outcome = await draw(saying('[globalThis.left, [].left]'), { owner })
      assert.ok(outcome.kind === 'drawn' && outcome.svg.includes('>,<'), JSON.stringify(outcome))
    }
  })

  it('has libraries that were named, and no other', async () => {
    const source = `export default { title: 'x', needs: {}, libraries: ['simple-statistics', 'd3-hierarchy'],
      draw: (data, options, { libraries }) => [['text', {}, Object.keys(libraries).join() + libraries['simple-statistics'].median([1, 2, 9])]] }`
    assert.match(await svgOf(source), />simple-statistics,d3-hierarchy2</)
    assert.match(
      (await failureOf(source.replace('d3-hierarchy', 'lodash'))).why,
      /no library lodash; there are d3-scale/,
    )
  })

  it('refuses more than may wait, so that one team keeps nobody waiting', async () => {
    const small = createSandbox({ ...preparation, processes: 1, ownerLimit: 1, budget: { ...BUDGET, wallMs: 500 } })
    const run = (owner: string): Promise<string> =>
      small.run({ owner, visual: { source: moduleOf({ code: 'for (;;) {}' }) }, order: orderOf(), scale: null }).then(
        ({ kind }) => kind,
        (error: unknown) => (error instanceof SpinupError ? error.code : 'unknown'),
      )
    try {
      await small.names()
      const ends = [run('greedy')]
      // The first has begun once it no longer waits.
      await new Promise((resolve) => setImmediate(resolve))
      ends.push(run('greedy'), run('greedy'), run('other'))
      assert.deepEqual((await Promise.all(ends)).toSorted(), ['failed', 'failed', 'failed', 'limited'])
    } finally {
      await small.close()
    }
  })

  it('says what to install where isolated-vm is not there', async () => {
    const place = mkdtempSync(join(tmpdir(), 'spinup-without-'))
    try {
      for (const part of ['visuals', 'core', 'charts'])
        cpSync(join(root, 'src', part), join(place, 'src', part), { recursive: true })
      for (const file of ['package.json', 'src/places.ts']) cpSync(join(root, file), join(place, file))
      mkdirSync(join(place, 'node_modules'))
      for (const name of readdirSync(join(root, 'node_modules'))) {
        if (name !== 'isolated-vm') symlinkSync(join(root, 'node_modules', name), join(place, 'node_modules', name))
      }
      const load = (file: string): Promise<never> =>
        import(pathToFileURL(join(place, 'src/visuals', file)).href) as Promise<never>
      const { createSandbox: without }: { createSandbox: typeof createSandbox } = await load('sandbox.ts')
      const lacking = without({ ...preparation })
      await assert.rejects(
        lacking.run({ owner: 'a', visual: { name: 'histogram' }, order: orderOf(EMPTY), scale: null }),
        /isolated-vm.*npm install isolated-vm @resvg\/resvg-js/s,
      )
      await lacking.close()
    } finally {
      rmSync(place, { recursive: true })
    }
  })
})
