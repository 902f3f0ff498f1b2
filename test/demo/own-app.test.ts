import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { SpinupError } from '../../src/core/model/error.ts'
import { ownApp } from '../../src/demo/own-app.ts'

describe('an app of one’s own in the demo', () => {
  let root = ''
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'spinup-app-'))
  })
  after(() => rm(root, { recursive: true, force: true }))
  const folder = async (name: string, files: Readonly<Record<string, string>>): Promise<string> => {
    const dir = join(root, name)
    await mkdir(dir, { recursive: true })
    for (const [file, text] of Object.entries(files)) await writeFile(join(dir, file), text)
    return dir
  }

  it('that cannot be run is refused with what is missing', async () => {
    const cases: readonly (readonly [dir: string, says: RegExp])[] = [
      [join(root, 'nowhere'), /--app .*nowhere: there is no such folder/],
      [await folder('empty', {}), /it has no droplet\.json, and no package\.json/],
      [
        await folder('no-start', { 'package.json': '{"scripts": {"build": "x"}}' }),
        /package\.json has no start command/,
      ],
      [await folder('no-scripts', { 'package.json': '{}' }), /package\.json has no start command/],
      [await folder('broken', { 'package.json': '{' }), /package\.json has no start command/],
      [await folder('wrong', { 'droplet.json': '{"services": [{"name": "web"}]}' }), /droplet\.json must hold/],
      [
        await folder('both', { 'droplet.json': '[]', 'package.json': '{"scripts": {"start": "x"}}' }),
        /droplet\.json must hold/,
      ],
    ]
    for (const [dir, says] of cases) {
      await assert.rejects(ownApp(dir, '/'), (error: unknown) => {
        assert.ok(error instanceof SpinupError && error.code === 'configuration', String(error))
        assert.match(error.message, says)
        return true
      })
    }
    await assert.rejects(ownApp(root, 'health'), /--health takes a path/)
    const start = await folder('inside', { 'package.json': '{"scripts": {"start": "x"}}' })
    await assert.rejects((await ownApp(start, '/')).prepare(join(start, '.spinup')), /inside of it; .*--data-dir/)
  })

  it('is started as npm would start it, or as its droplet.json says, and its own folder stays as it is', async () => {
    const dir = await folder('npm', { 'package.json': '{"scripts": {"start": "node a.js && node b.js"}}', 'a.js': '' })
    const disk = join(root, 'disk')
    await (await ownApp(dir, '/')).prepare(disk)
    const { services } = JSON.parse(await readFile(join(disk, 'droplet.json'), 'utf8')) as {
      readonly services: readonly { readonly command: readonly string[] }[]
    }
    assert.deepEqual(services[0]!.command.slice(0, 2), ['sh', '-c'])
    assert.match(services[0]!.command[2]!, /node_modules\/\.bin.*node a\.js && node b\.js$/)
    await assert.rejects(readFile(join(dir, 'droplet.json')))
    const own = '{"services": [{"name": "web", "command": ["node", "x.js"]}]}'
    const other = await folder('own', { 'droplet.json': own })
    await (await ownApp(other, '/')).prepare(join(root, 'disk-2'))
    assert.equal(await readFile(join(root, 'disk-2', 'droplet.json'), 'utf8'), own)
  })
})
