import assert from 'node:assert/strict'
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { z } from 'zod'
import { until } from '../wait.ts'

const ROOT = join(import.meta.dirname, '../..')
const run = promisify(execFile)
const MOST_BYTES = 3_000_000

describe('the package, in an empty folder', () => {
  let dir = ''
  let tarball = ''
  let program = ''
  const running = new Set<ChildProcess>()
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'spinup-package-'))
    const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', dir], { cwd: ROOT })
    tarball = join(dir, stdout.trim().split('\n').at(-1)!)
    const modules = join(dir, 'site/node_modules')
    await mkdir(join(modules, 'spinup'), { recursive: true })
    await run('tar', ['xzf', tarball, '-C', join(modules, 'spinup'), '--strip-components=1'])
    // What npm would install beside it, and nothing that only tests need.
    const Lock = z.object({ packages: z.record(z.string(), z.object({ dev: z.boolean().optional() })) })
    const { packages } = Lock.parse(JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')))
    for (const [path, { dev }] of Object.entries(packages)) {
      const [, name] = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path) ?? []
      if (name === undefined || dev === true || !existsSync(join(ROOT, path))) continue
      await cp(join(ROOT, path), join(modules, name), { recursive: true })
    }
    program = join(modules, 'spinup/bin/spinup.js')
  })
  after(async () => {
    for (const child of running) child.kill('SIGTERM')
    await Promise.all([...running].map((child) => child.exitCode ?? once(child, 'close')))
    await rm(dir, { recursive: true, force: true })
  })

  const start = (words: readonly string[], cwd = join(dir, 'site')) => {
    // The package is to find what it needs by itself.
    const child = spawn(process.execPath, [program, ...words], { cwd, env: { PATH: process.env['PATH'] } })
    running.add(child)
    const said = { out: '', err: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text))
    const closed = once(child, 'close').then(([code]) => {
      running.delete(child)
      return code as number | null
    })
    return { child, said, closed }
  }

  it('holds neither tests nor secrets, and is small', async () => {
    const { stdout } = await run('tar', ['tzf', tarball])
    // What the pages link is served beside them, as text.
    const names = stdout
      .trim()
      .split('\n')
      .filter((name) => !name.startsWith('package/dist/docs/files/'))
    assert.deepEqual(
      names.filter((name) => /\.test\.ts$|(^|\/)\.env$|\/test\/|node_modules/.test(name)),
      [],
    )
    assert.ok((await stat(tarball)).size < MOST_BYTES)
    assert.ok(names.length < 300, `${names.length} files`)
  })

  it('says its version, its verbs, what each takes, and which verb was meant', async () => {
    const say = async (...words: string[]) => {
      const { said, closed } = start(words)
      return { code: await closed, ...said }
    }
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string }
    assert.deepEqual(await say('--version'), { code: 0, out: `${version}\n`, err: '' })
    const { out: help } = await say()
    const verbs = [...help.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, verb]) => verb!)
    assert.ok(verbs.length > 10, help)
    for (const verb of verbs.filter((one) => one !== 'completion')) {
      const { code, out, err } = await say(verb, '--help')
      assert.deepEqual([code, err], [0, ''], verb)
      assert.match(out, new RegExp(`spinup ${verb}\\b`), verb)
      assert.doesNotMatch(out, /npm (?:run|start)/, verb)
    }
    const wrong = await say('dcotor')
    assert.deepEqual(
      [wrong.code, wrong.err],
      [2, 'spinup: there is no dcotor. Did you mean doctor? --help lists what there is.\n'],
    )
    for (const shell of ['bash', 'zsh', 'fish']) assert.match((await say('completion', shell)).out, /doctor/)
  })

  it('has types by which editors complete a policy and a visualisation', async () => {
    const site = join(dir, 'site')
    const visual = (body: string): string =>
      `// @ts-check\n/** @type {import('spinup/visual').Visual} */\nexport default { title: 'Calm', needs: {}, draw: (data, _options, kit) => ${body} }\n`
    const policy = (mode: string): string =>
      `import type { Policy } from 'spinup'\nexport const policy: Partial<Policy> = { stat: 'cpu', target: 0.7, mode: '${mode}' }\n`
    const files = {
      'right.ts': policy('approve'),
      'wrong.ts': policy('sometimes'),
      'right.js': visual('kit.frame(`${data.series.length} series`).marks'),
      'wrong.js': visual('kit.frame(data.serious).marks'),
      'runs.ts': `import { DEFAULT_POLICY } from 'spinup'\nexport default DEFAULT_POLICY\n`,
    }
    for (const [name, text] of Object.entries(files)) await writeFile(join(site, name), text)
    const options = '--ignoreConfig --noEmit --strict --checkJs --module nodenext --target es2024 --pretty false'
    const words = [join(ROOT, 'node_modules/typescript/bin/tsc'), ...options.split(' '), ...Object.keys(files)]
    const failed = await run(process.execPath, words, { cwd: site }).catch((error: unknown) => error)
    const said = z.object({ stdout: z.string() }).parse(failed).stdout
    assert.match(said, /^wrong\.ts.*Type '"sometimes"' is not assignable to type 'Mode/m)
    assert.match(said, /^wrong\.js.*Property 'serious' does not exist on type 'VisualData'/m)
    assert.match(said, /^runs\.ts.*DEFAULT_POLICY/m)
    assert.doesNotMatch(said, /^right/m)
  })

  it('starts a bot by its .env, with its page, its agent and its charts', async () => {
    const home = join(dir, 'home')
    await mkdir(home)
    await writeFile(join(home, '.env'), 'SPINUP_PORT=0\nSPINUP_BALANCER_PORT=0\n', { mode: 0o600 })
    const { child, said } = start(['start'], home)
    const url = await until(() => /"console":"([^"]+)"/.exec(said.out + said.err)?.[1], {
      what: 'the bot to be up',
      timeoutMs: 60_000,
    })
    const page = await (await fetch(url)).text()
    for (const path of page.match(/\/assets\/[\w.-]+/g) ?? []) assert.equal((await fetch(url + path)).status, 200, path)
    const agent = await fetch(`${url}/install/agent.tgz`)
    await writeFile(join(dir, 'agent.tgz'), Buffer.from(await agent.arrayBuffer()))
    assert.match((await run('tar', ['tzf', join(dir, 'agent.tgz')])).stdout, /^agent\/main\.js$/m)
    assert.deepEqual(
      (await readdir(home)).filter((name) => !name.startsWith('.')),
      [],
    )
    child.kill('SIGTERM')
    await until(() => child.exitCode !== null, { what: 'its end' })
    const { closed } = start(['stop'], home)
    assert.equal(await closed, 0)
  })

  it('plays the demo, charts and visualisations included', { timeout: 280_000 }, async () => {
    const { said, closed } = start(['demo', '--headless', '--json', '--port', '0', '--balancer-port', '0'])
    const url = await until(() => /The channel: (\S+)/.exec(said.err)?.[1], { what: 'the page', timeoutMs: 120_000 })
    const ask = async (text: string): Promise<string> => {
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ text, name: 'Ada' })
      return (await fetch(`${url}/api/console/messages`, { method: 'POST', headers, body })).text()
    }
    const picture = await until(
      async () => /"chart":\{"id":"([^"]+)"/.exec(await ask('/spinup show heatmap of cpu last 1h'))?.[1],
      { what: 'a visualisation', timeoutMs: 120_000 },
    )
    assert.equal((await fetch(`${url}/charts/${picture}.png`)).headers.get('content-type'), 'image/png')
    assert.equal(await closed, 0, said.err)
    const figures = JSON.parse(said.out.trim().split('\n').at(-1)!) as { readonly charts: readonly string[] }
    assert.ok(figures.charts.length > 0)
  })
})
