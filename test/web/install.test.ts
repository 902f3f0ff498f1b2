import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { promisify } from 'node:util'
import fastify, { type FastifyInstance } from 'fastify'
import { VERSION } from '../../src/places.ts'
import { addInstall } from '../../src/web/install/routes.ts'
import { startBot, type Bot } from '../agent/bot.ts'
import { startHost } from '../agent/host.ts'
import { startDigitalOcean, type FakeDigitalOcean } from '../../src/demo/cloud/api/digitalocean.ts'
import { quiet, startTestRedis, type TestRedis } from '../redis.ts'
import { until } from '../wait.ts'

const run = promisify(execFile)

interface Outcome {
  readonly status: number
  readonly text: string
}

describe('the install line', () => {
  let server: TestRedis
  let bot: Bot
  let cloud: FakeDigitalOcean
  let web: FastifyInstance
  let base: string
  let folder: string
  let root: string
  let droplet: number
  /** What the bot says the line is for. */
  let wanted: string | null
  let metadata: string
  const fetched: string[] = []
  const troubles: [key: string, words: string][] = []
  before(async () => {
    server = await startTestRedis()
    bot = await startBot(server)
    cloud = await startDigitalOcean()
    folder = await mkdtemp(join(tmpdir(), 'spinup-install-'))
    web = fastify()
    const { isOpen } = bot.identities
    const dropletOf = async (): Promise<string | null> => wanted
    const onFetched = async (key: string): Promise<void> => void fetched.push(key)
    const onTrouble = async (key: string, words: string): Promise<void> => void troubles.push([key, words])
    addInstall(web, {
      isOpen,
      dropletOf,
      onFetched,
      onTrouble,
      url: () => base,
      folder: join(folder, 'bot'),
      log: quiet,
    })
    base = await web.listen({ host: '127.0.0.1', port: 0 })
  })
  after(async () => {
    await web.close()
    await cloud.stop()
    await bot.stop()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    root = join(folder, 'host')
    await mkdir(root)
    droplet = cloud.state.addDroplet({ name: 'web' }).id
    wanted = null
    metadata = cloud.metadataUrl(droplet)
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  const newKey = (): Promise<string> =>
    bot.identities.createEnrolment({ poolId: 'web', memberId: 'web-1', ttlMs: 60_000 })
  const script = async (key: string): Promise<string> => (await fetch(`${base}/install.sh?key=${key}`)).text()
  /** Runs a script as `curl … | sh` does, staged below `root`. */
  const pipe = async (text: string, args: readonly string[] = [], init = 'systemd'): Promise<Outcome> => {
    const shell = spawn('sh', args.length === 0 ? [] : ['-s', '--', ...args], {
      env: {
        PATH: process.env['PATH'],
        TMPDIR: root,
        SPINUP_AGENT_ROOT: root,
        SPINUP_AGENT_INIT: init,
        SPINUP_AGENT_METADATA: metadata,
      },
    })
    let said = ''
    shell.stdout.setEncoding('utf8').on('data', (part: string) => (said += part))
    shell.stderr.setEncoding('utf8').on('data', (part: string) => (said += part))
    shell.stdin.on('error', () => undefined)
    shell.stdin.end(text)
    const [status] = (await once(shell, 'close')) as [number]
    return { status, text: said }
  }
  const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8')
  const config = async (): Promise<Record<string, unknown>> =>
    JSON.parse(await read('var/lib/spinup-agent/config.json')) as Record<string, unknown>

  it('puts an agent on the host that enrols and reports, under a unit that may do little', async () => {
    const key = await newKey()
    const { status, text } = await pipe(await script(key))
    assert.equal(status, 0, text)
    assert.deepEqual(await config(), {
      url: base,
      enrol: key,
      host: (await run('uname', ['-n'])).stdout.trim(),
      droplet: String(droplet),
    })
    assert.equal((await stat(join(root, 'var/lib/spinup-agent/config.json'))).mode & 0o777, 0o600)
    const unit = await read('etc/systemd/system/spinup-agent.service')
    for (const line of ['User=spinup-agent', 'NoNewPrivileges=yes', 'ProtectSystem=strict', 'CapabilityBoundingSet=']) {
      assert.ok(unit.split('\n').includes(line), line)
    }
    const [, program] = /^ExecStart=\S+ (\S+\/agent\/main\.js) --config/m.exec(unit) ?? []
    const host = await startHost(
      { ...(await config()), url: bot.url },
      {
        main: program ?? '',
        env: { SPINUP_AGENT_METADATA: cloud.metadataUrl(droplet) },
      },
    )
    try {
      await until(() => bot.entries.some(({ sample }) => sample.memberId === 'web-1'), { what: 'its first sample' })
      assert.match(VERSION, /^\d+\.\d+\.\d+/)
      assert.equal((await host.health())['version'], VERSION)
      const told = async () => (await bot.identities.ledger.about('web', ['web-1'])).get('web-1')?.version
      await until(async () => (await told()) === VERSION, { what: 'its version' })
      assert.equal((await host.config())['droplet'], String(droplet))
    } finally {
      await host.stop()
    }
  })

  it('may run twice, and a used line leaves an agent that is enrolled as it is', async () => {
    const key = await newKey()
    assert.equal((await pipe(await script(key))).status, 0)
    assert.equal((await pipe(await script(key))).status, 0)
    const enrolled = { url: base, pool: 'web', member: 'web-1', key: 'spa_web.web-1.x' }
    await writeFile(join(root, 'var/lib/spinup-agent/config.json'), JSON.stringify(enrolled))
    assert.notEqual(await bot.identities.enrol(key), null)
    const again = await pipe(await script(key))
    assert.equal(again.status, 0, again.text)
    assert.deepEqual(await config(), enrolled)
  })

  it('refuses a line that was used, on a host that has no agent', async () => {
    const key = await newKey()
    await bot.identities.enrol(key)
    const { status, text } = await pipe(await script(key))
    assert.equal(status, 1)
    assert.match(text, /was used, is too old.*\/spinup connect/)
    await assert.rejects(access(join(root, 'opt')))
  })

  it('refuses another droplet than the one the line is for, and changes nothing there', async () => {
    wanted = String(cloud.state.addDroplet({ name: 'blog' }).id)
    const { status, text } = await pipe(await script(await newKey()))
    assert.equal(status, 1, text)
    assert.match(text, new RegExp(`is for droplet ${wanted}, and this is ${droplet}; run it there`))
    await assert.rejects(access(join(root, 'opt')))
  })

  it('tells the bot that a line is run, and in the droplet’s own words why it could not do its work', async () => {
    wanted = String(cloud.state.addDroplet({ name: 'blog' }).id)
    const key = await newKey()
    const text = await script(key)
    assert.equal(fetched.at(-1), key)
    assert.equal((await pipe(text)).status, 1)
    assert.deepEqual(troubles.at(-1), [
      key,
      `this line is for droplet ${wanted}, and this is ${droplet}; run it there. Clones need none: the snapshot has the agent`,
    ])
    const before = troubles.length
    await bot.identities.enrol(key)
    for (const other of [key, 'spe_web.web-1.nope', "';reboot;'"]) {
      const body = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'anything' }
      assert.equal((await fetch(`${base}/install/trouble?key=${encodeURIComponent(other)}`, body)).ok, false)
    }
    // Of one that was used, nothing is known to have begun.
    await script(key)
    assert.deepEqual([troubles.length, fetched.at(-1)], [before, key])
    assert.equal(fetched.filter((one) => one === key).length, 1)
  })

  it('keeps the droplet that the line is for where the metadata service does not answer, so that clones notice', async () => {
    wanted = String(droplet)
    metadata = 'http://127.0.0.1:1'
    const { status, text } = await pipe(await script(await newKey()))
    assert.equal(status, 0, text)
    assert.equal((await config())['droplet'], wanted)
  })

  it('does nothing when it did not arrive whole, wherever it was cut or altered', async () => {
    const whole = await script(await newKey())
    const altered = whole.replace('NoNewPrivileges=yes', 'NoNewPrivileges=no')
    const cuts = [0.2, 0.5, 0.9, 0.97].map((part) => whole.slice(0, Math.floor(whole.length * part)))
    for (const text of [altered, ...cuts]) {
      const outcome = await pipe(text)
      assert.notEqual(outcome.status, 0, outcome.text)
      assert.match(outcome.text, /arrived incomplete|[Ss]yntax|unexpected|unterminated|delimited/i)
      await assert.rejects(access(join(root, 'opt')))
      await assert.rejects(access(join(root, 'etc')))
    }
  })

  it('notices an agent that did not arrive whole', async () => {
    const text = await script(await newKey())
    const sum = /AGENT_SHA256='(\w{64})'/.exec(text)?.[1] ?? ''
    assert.equal((await run('sha256sum', [await saved('agent.tgz')])).stdout.slice(0, 64), sum)
    // What the bot hands out is not what this script was made for.
    const other = text.replace(sum, '0'.repeat(64))
    const body = /<<'SPINUP_INSTALL_END'\n([^]*)SPINUP_INSTALL_END\n/.exec(other)?.[1] ?? ''
    const outcome = await pipe(body)
    assert.equal(outcome.status, 1)
    assert.match(outcome.text, /agent\.tgz arrived incomplete/)
    await assert.rejects(access(join(root, 'opt/spinup-agent/code')))
  })

  const saved = async (name: string): Promise<string> => {
    const file = join(folder, name.split('?', 1)[0] ?? name)
    const answer = await fetch(`${base}/install/${name}`)
    await writeFile(file, Buffer.from(await answer.arrayBuffer()))
    return file
  }

  it('takes the agent off again, and may do that twice', async () => {
    const text = await script(await newKey())
    assert.equal((await pipe(text)).status, 0)
    for (let turn = 0; turn < 2; turn++) {
      const outcome = await pipe(text, ['--uninstall'])
      assert.equal(outcome.status, 0, outcome.text)
      for (const path of ['opt/spinup-agent', 'var/lib/spinup-agent', 'etc/systemd/system/spinup-agent.service']) {
        await assert.rejects(access(join(root, path)), path)
      }
    }
    assert.equal((await pipe(text, ['--remove'])).status, 1)
  })

  it('brings an agent up to date, and takes it off, without a key', async () => {
    const plain = await (await fetch(`${base}/install.sh`)).text()
    const none = await pipe(plain)
    assert.equal(none.status, 1)
    assert.match(none.text, /ask for a new one with \/spinup connect install/)
    assert.equal((await pipe(await script(await newKey()))).status, 0)
    const enrolled = { url: base, pool: 'web', member: 'web-1', key: 'spa_web.web-1.x', droplet: String(droplet) }
    await writeFile(join(root, 'var/lib/spinup-agent/config.json'), JSON.stringify(enrolled))
    const main = join(root, 'opt/spinup-agent/code/agent/main.js')
    await writeFile(main, 'an older agent')
    const updated = await pipe(plain)
    assert.equal(updated.status, 0, updated.text)
    assert.notEqual(await readFile(main, 'utf8'), 'an older agent')
    assert.deepEqual(await config(), enrolled)
    assert.equal((await pipe(plain, ['--uninstall'])).status, 0)
    await assert.rejects(access(join(root, 'opt/spinup-agent')))
  })

  it('writes an init script where there is no systemd, and a runlevel script for OpenRC', async () => {
    const text = await script(await newKey())
    assert.equal((await pipe(text, [], 'sysv')).status, 0)
    const init = join(root, 'etc/init.d/spinup-agent')
    assert.match(await readFile(init, 'utf8'), /### BEGIN INIT INFO/)
    await run('sh', ['-n', init])
    assert.equal((await pipe(text, [], 'openrc')).status, 0)
    assert.match(await readFile(init, 'utf8'), /^#!\/sbin\/openrc-run/)
    await run('sh', ['-n', init])
  })

  it('hands out Node to a good key only, as it says it will', async () => {
    const key = await newKey()
    const [, arch, sum] = /NODE_ARCH='(\w*)'\nNODE_SHA256='(\w*)'/.exec(await script(key)) ?? []
    assert.equal((await fetch(`${base}/install/node.gz?key=spe_web.web-1.nope`)).ok, false)
    assert.equal((await fetch(`${base}/install/node.gz`)).ok, false)
    assert.equal((await fetch(`${base}/install.sh?key=%27;reboot;%27`)).ok, false)
    if (process.platform !== 'linux') return
    assert.equal(arch, process.arch)
    const file = await saved(`node.gz?key=${key}`)
    assert.equal((await run('sha256sum', [file])).stdout.slice(0, 64), sum)
  })
})
