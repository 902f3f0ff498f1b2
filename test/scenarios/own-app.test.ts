import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { stopLeftovers } from '../../src/cli/leftovers.ts'
import { startRedisServer } from '../../src/store/redis-server.ts'
import { until } from '../wait.ts'

const DEMO = join(import.meta.dirname, '../../src/cli/demo.ts')
/** As many are: it knows its port, listens on all addresses, and nothing of Spinup. */
const SERVER = `require('node:http').createServer((request, response) => response.end('hello')).listen(process.env.PORT)`

async function smallApp(root: string): Promise<string> {
  const app = join(root, 'app')
  await mkdir(app)
  await writeFile(join(app, 'package.json'), JSON.stringify({ scripts: { start: 'node server.cjs' } }))
  await writeFile(join(app, 'server.cjs'), SERVER)
  return app
}

describe('npm run demo -- --app', () => {
  it('runs an app that only knows its port: connected by the page, and served by the balancer', async () => {
    const root = await mkdtemp(join(tmpdir(), 'spinup-own-'))
    try {
      const app = await smallApp(root)
      const flags = ['--app', app, '--headless', '--json', '--data-dir', join(root, 'd')]
      const { code, out, told } = await run(flags)
      assert.equal(code, 0, told)
      const figures = JSON.parse(out.trim().split('\n').at(-1)!) as { readonly site: string; readonly status: number }
      assert.equal(figures.status, 200)
      assert.match(figures.site, /^http:/)
      assert.match(told, /The connect page: .*the droplet web/)
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  })

  it('leaves no bot behind when it is killed', async () => {
    const root = await mkdtemp(join(tmpdir(), 'spinup-own-'))
    const dataDir = join(root, 'd')
    try {
      const app = await smallApp(root)
      const flags = ['--app', app, '--port', '0', '--balancer-port', '0', '--data-dir', dataDir]
      const demo = spawn(process.execPath, [DEMO, ...flags], { stdio: ['ignore', 'ignore', 'pipe'] })
      let said = ''
      demo.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
      const url = await until(() => /The channel: (\S+)/.exec(said)?.[1], { what: 'the page', timeoutMs: 120_000 })
      const page = await (await fetch(url)).text()
      assert.doesNotMatch(page, /demo-rail/, 'there is no story to show')
      demo.kill('SIGKILL')
      const gone = async (): Promise<boolean> =>
        fetch(url).then(
          () => false,
          () => true,
        )
      await until(gone, { what: 'the bot to end', timeoutMs: 60_000 })
    } finally {
      await stopLeftovers(dataDir)
      await (await startRedisServer({ dataDir })).stop()
      await rm(root, { recursive: true, force: true })
    }
  })

  it('ends at once with what is wrong with the folder', async () => {
    const { code, told } = await run(['--app', '/nowhere/at/all', '--headless'])
    assert.notEqual(code, 0)
    assert.match(told, /--app \/nowhere\/at\/all: there is no such folder/)
    assert.doesNotMatch(told, /Starting Redis/)
  })
})

function run(
  flags: readonly string[],
): Promise<{ readonly code: number; readonly out: string; readonly told: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [DEMO, ...flags], { timeout: 180_000 }, (error, out, told) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, told }),
    )
  })
}
