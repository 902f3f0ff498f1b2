import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'
import { SpinupError } from '../../../src/core/model/error.ts'
import { portOf } from '../../../src/demo/cloud/machines/one-address.ts'
import { until } from '../../wait.ts'
import { agentConfigOf, ask, droplet, isAlive, ORIGIN, startMachines, WEB_APP, type TestMachines } from './cloud.ts'

const readySchema = z.object({
  config: z.string(),
  statsd: z.string(),
  proc: z.string(),
  stat: z.string(),
  metadata: z.string(),
})

async function environmentOf(url: string): Promise<Readonly<Record<string, string>>> {
  const text = await until(() => ask(`${url}/env`), { what: 'the app to answer' })
  return z.record(z.string(), z.string()).parse(JSON.parse(text))
}

/** What the droplet's agent answers; the app's environment tells where it is. */
async function toldByAgent(url: string): Promise<z.infer<typeof readySchema>> {
  const { SPINUP_AGENT_URL = '' } = await environmentOf(url)
  return readySchema.parse(JSON.parse(await until(() => ask(SPINUP_AGENT_URL), { what: 'the agent to answer' })))
}

describe('the machine of a droplet', () => {
  let test: TestMachines
  let url = ''

  before(async () => {
    test = await startMachines({ agentCommand: [process.execPath, join(import.meta.dirname, 'agent-stub.ts')] })
    url = await test.seedApp(WEB_APP)
  })
  after(() => test?.clear())

  it('needs a folder that says what runs', async () => {
    await assert.rejects(
      test.seed(droplet(99), join(test.dir, 'nowhere')),
      (error) => error instanceof SpinupError && /droplet\.json/.test(error.message),
    )
  })

  it('gives its app an address, an agent and nothing of anybody else’s environment', async () => {
    const environment = await environmentOf(url)
    const { hostname, port } = new URL(url)
    assert.match(hostname, /^127\.77\./)
    assert.deepEqual([environment['HOST'], environment['PORT']], ['127.0.0.1', String(portOf(hostname, Number(port)))])
    assert.equal(environment['GREETING'], 'hello')
    assert.equal(environment['HOSTNAME'], 'web-1')
    assert.deepEqual(Object.keys(environment).toSorted(), [
      'GREETING',
      'HOME',
      'HOST',
      'HOSTNAME',
      'LANG',
      'PATH',
      'PORT',
      'SPINUP_AGENT_URL',
      'SPINUP_MACHINES_DIR',
    ])
  })

  it('restarts a service that crashes, and keeps its log', async () => {
    const pid = await until(() => ask(`${url}/pid`))
    await ask(`${url}/crash`)
    const next = await until(async () => {
      const now = await ask(`${url}/pid`)
      return now !== pid && now
    })
    assert.equal(isAlive(Number(pid)), false)
    assert.equal(isAlive(Number(next)), true)
    await stat(join(test.dir, 'droplets', String(ORIGIN), 'log', 'web.log'))
  })

  it('gets an agent, which starts again with a new configuration and after a power cycle', async () => {
    await test.installAgent(ORIGIN, '{"key":"one"}')
    const first = await toldByAgent(url)
    assert.equal(first.config, '{"key":"one"}')
    assert.match(first.statsd, /^127\.0\.0\.1:\d+$/)
    assert.match(first.stat, /^cpu {2}\d+ /)
    assert.equal(first.metadata, 'http://127.0.0.1:1/droplets/1')
    assert.equal((await stat(join(test.disk(ORIGIN), 'agent.json'))).mode & 0o777, 0o600)

    const { agent } = test.processes(ORIGIN)
    await test.installAgent(ORIGIN, '{"key":"two"}')
    await until(() => test.processes(ORIGIN)['agent'] !== undefined && test.processes(ORIGIN)['agent'] !== agent)
    assert.equal((await toldByAgent(url)).config, '{"key":"two"}')

    await test.power(droplet(ORIGIN), 'off')
    assert.equal(await ask(url), null)
    await test.power(droplet(ORIGIN), 'on')
    assert.equal((await toldByAgent(url)).config, '{"key":"two"}')
  })

  it('is copied whole into a snapshot, its agent’s configuration included, and answers at an address of its own', async () => {
    await test.snapshot(droplet(ORIGIN), 'golden')
    const clone = await test.clone(2, 'golden')
    assert.notEqual(new URL(clone).hostname, new URL(url).hostname)
    assert.equal(new URL(clone).port, new URL(url).port)
    assert.equal((await toldByAgent(clone)).metadata, 'http://127.0.0.1:1/droplets/2')
    assert.equal(await agentConfigOf(test, 2), '{"key":"two"}')
    // Bytes, not only names.
    const [one, other] = await Promise.all([ORIGIN, 2].map((id) => readFile(join(test.disk(id), 'big.bin'))))
    assert.ok(one && other?.equals(one))
    await test.destroy(droplet(2))
    assert.equal(await ask(clone), null)
    assert.equal(existsSync(join(test.dir, 'droplets', '2')), false)
  })

  it('deleted while it boots, or while its disk is copied, leaves nothing behind', async () => {
    await test.snapshot(droplet(ORIGIN), 'again')
    const refused = assert.rejects(test.boot(droplet(3, 'again')))
    await until(() => existsSync(join(test.dir, 'droplets', '3')))
    await test.destroy(droplet(3))
    await refused
    assert.equal(existsSync(join(test.dir, 'droplets', '3')), false)
  })

  it('of an image that is not there never boots, and can still be deleted', async () => {
    await assert.rejects(test.boot(droplet(4, 'nowhere')))
    await test.destroy(droplet(4))
    await test.destroy(droplet(4))
  })
})

describe('an app that listens on all addresses', () => {
  it('runs on two droplets, each at its own address', async () => {
    const test = await startMachines()
    try {
      const app = `require('node:http').createServer((q, response) => response.end(process.env.HOSTNAME)).listen(process.env.PORT)`
      const first = await test.seedApp(app)
      await test.snapshot(droplet(ORIGIN), 'golden')
      const second = await test.clone(2, 'golden')
      assert.equal(await until(() => ask(first)), 'web-1')
      assert.equal(await until(() => ask(second)), 'web-2')
    } finally {
      await test.clear()
    }
  })
})

describe('machines that were killed', () => {
  it('are ended by the next ones in that folder, also one that its quota held stopped', async () => {
    const root = await mkdtemp(join(tmpdir(), 'spinup-killed-'))
    const program = `
      const { startMachines } = await import(${JSON.stringify(import.meta.resolve('./cloud.ts'))})
      const test = await startMachines({ root: ${JSON.stringify(root)}, vcpus: 0.1, launchCreditMs: 0 })
      await test.seedApp('for (;;);')
      process.send(test.processes(1))
      setInterval(() => undefined, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const [told] = (await once(child, 'message')) as [Readonly<Record<string, number>>]
    const web = told['web'] ?? 0
    child.kill('SIGKILL')
    await once(child, 'exit')
    assert.ok(isAlive(web), 'it goes on for as long as nobody ends it')
    const next = await startMachines({ root })
    try {
      await until(() => !isAlive(web), { what: 'the orphan to be gone' })
    } finally {
      await next.clear()
      await rm(root, { recursive: true, force: true })
    }
  })

  it('that end by themselves take what runs on them along', async () => {
    const root = await mkdtemp(join(tmpdir(), 'spinup-ended-'))
    const program = `
      const { startMachines } = await import(${JSON.stringify(import.meta.resolve('./cloud.ts'))})
      const test = await startMachines({ root: ${JSON.stringify(root)} })
      await test.seedApp('setInterval(() => undefined, 1000)')
      process.send(test.processes(1), () => process.exit(3))`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const [[told]] = (await Promise.all([once(child, 'message'), once(child, 'exit')])) as [
      [Readonly<Record<string, number>>],
      unknown,
    ]
    await until(() => !isAlive(told['web'] ?? 0), { what: 'its process to be gone' })
    await rm(root, { recursive: true, force: true })
  })
})

describe('one address for all droplets', () => {
  it('leads each droplet’s address to a port of its own, and leaves every other address alone', async () => {
    assert.equal(portOf('127.77.0.1', 20_000), 20_001)
    assert.equal(portOf('127.77.1.2', 20_000), 20_258)
    for (const host of ['127.0.0.1', '127.77.0', 'localhost', '10.77.0.1', '']) assert.equal(portOf(host, 1), null)
    const server = createServer((_request, response) => response.end('here')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    try {
      assert.equal(await ask(`http://127.77.0.3:${port - 3}/`), 'here')
      assert.equal(await ask(`http://127.0.0.1:${port}/`), 'here')
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})

describe('the agent’s port of the first droplet', () => {
  const portOfAgent = async (agentPort: number): Promise<number> => {
    const test = await startMachines({ agentPort })
    try {
      const environment = await environmentOf(await test.seedApp(WEB_APP))
      return Number(new URL(environment['SPINUP_AGENT_URL'] ?? '').port)
    } finally {
      await test.clear()
    }
  }

  it('is the usual one where that is free, as pages and hints say, and another where it is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    assert.notEqual(await portOfAgent(port), port)
    other.close()
    await once(other, 'close')
    assert.equal(await portOfAgent(port), port)
  })
})
