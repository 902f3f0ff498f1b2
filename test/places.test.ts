import assert from 'node:assert/strict'
import { appendFile, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { bundled } from '../src/places.ts'

describe('what a clone bundles', () => {
  let root = ''
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'spinup-clone-'))
    await mkdir(join(root, 'src'))
    await mkdir(join(root, 'agent'))
    await writeFile(join(root, 'package.json'), JSON.stringify({ name: 'spinup', version: '1.0.0', type: 'module' }))
    await cp(join(import.meta.dirname, '../src/places.ts'), join(root, 'src/places.ts'))
  })
  after(() => rm(root, { recursive: true, force: true }))

  let starts = 0
  /** As another process has it: what is kept in memory is new each time. */
  async function started(): Promise<typeof bundled> {
    const url = `${pathToFileURL(join(root, 'src/places.ts')).href}?${starts++}`
    return ((await import(url)) as { readonly bundled: typeof bundled }).bundled
  }
  const kept = async (): Promise<readonly string[]> =>
    (await readdir(join(root, '.build/bundles')).catch(() => [])).map((name) => name.split('-', 1)[0]!).toSorted()

  it('is made once, until a source, a package or the list of files is another', async () => {
    let made = 0
    const one = async (): Promise<number> => (await started())('pages', async () => ++made)
    assert.deepEqual([await one(), await one()], [1, 1])
    await appendFile(join(root, 'src/places.ts'), '\n')
    assert.deepEqual([await one(), await one()], [2, 2])
    await writeFile(join(root, 'agent/main.ts'), 'export {}')
    assert.deepEqual([await one(), await one()], [3, 3])
    await writeFile(join(root, 'package-lock.json'), '{}')
    assert.deepEqual([await one(), await one()], [4, 4])
    await rm(join(root, 'agent/main.ts'))
    assert.deepEqual([await one(), await one()], [5, 5])
    assert.deepEqual(await kept(), ['pages'], 'of each the newest alone')
  })

  it('is kept by name', async () => {
    assert.equal(await (await started())('agent', async () => 'an agent'), 'an agent')
    assert.equal(await (await started())('visuals', async () => 'pictures'), 'pictures')
    assert.equal(await (await started())('agent', async () => 'another'), 'an agent')
    assert.deepEqual(await kept(), ['agent', 'pages', 'visuals'])
  })

  it('is made again where what is kept was cut short, and where nothing can be kept', async () => {
    const folder = join(root, '.build/bundles')
    for (const file of await readdir(folder)) await writeFile(join(folder, file), '{"half')
    assert.equal(await (await started())('agent', async () => 'whole'), 'whole')
    assert.equal(await (await started())('agent', async () => 'another'), 'whole')
    await rm(folder, { recursive: true })
    await writeFile(folder, 'in the way')
    assert.equal(await (await started())('agent', async () => 'not kept'), 'not kept')
    assert.equal(await (await started())('agent', async () => 'nor now'), 'nor now')
  })
})
