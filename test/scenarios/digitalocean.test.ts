import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { startHost, type Host } from '../agent/host.ts'
import { startDigitalOcean, type FakeDigitalOcean } from '../../src/demo/cloud/api/digitalocean.ts'
import { until } from '../wait.ts'
import { createSite, type BotProcess, type Site } from './bot-process.ts'

/** Each droplet is a web server on a loopback address of its own, and a real agent; a clone's begins as its origin's. */
interface Machines {
  readonly apps: Map<string, Server>
  readonly agents: Host[]
  /** The config file on the origin's disk, which every clone's disk is a copy of. */
  disk: Record<string, unknown>
}

describe('a DigitalOcean account, from connecting to disconnecting', { skip: process.platform !== 'linux' }, () => {
  let site: Site
  let bot: BotProcess
  let cloud: FakeDigitalOcean
  let origin: number
  let port = 0
  const machines: Machines = { apps: new Map(), agents: [], disk: {} }
  const PATIENCE = { timeoutMs: 60_000 }

  async function serve(ip: string): Promise<void> {
    const app = createServer((_request, response) => response.end(ip)).listen(port, ip)
    await once(app, 'listening')
    port = (app.address() as AddressInfo).port
    machines.apps.set(ip, app)
  }
  const agentOn = async (droplet: number): Promise<void> => {
    const env = { SPINUP_AGENT_METADATA: cloud.metadataUrl(droplet) }
    machines.agents.push(await startHost(machines.disk, { env }))
  }

  before(async () => {
    let last = 1
    await serve('127.0.0.1')
    cloud = await startDigitalOcean({
      backing: {
        boot: async ({ id }) => {
          const ip = `127.0.0.${++last}`
          await serve(ip)
          await agentOn(id)
          return { ip, port }
        },
        power: async () => undefined,
        snapshot: async () => undefined,
        destroy: async () => undefined,
      },
    })
    origin = cloud.state.addDroplet({ name: 'shop', ip: '127.0.0.1', port }).id
    site = await createSite(null)
    bot = await site.start({
      DIGITALOCEAN_API_URL: cloud.url,
      DIGITALOCEAN_TOKEN: cloud.token,
      DIGITALOCEAN_POLL: '50ms',
    })
  })
  after(async () => {
    for (const agent of machines.agents) await agent.stop()
    await site.clear()
    await cloud.stop()
    for (const app of machines.apps.values()) {
      app.closeAllConnections()
      app.close()
    }
  })

  const clones = () => cloud.state.dropletsTagged('spinup')
  const cards = async (): Promise<string> => JSON.stringify(await bot.client.after(0))
  const status = async (): Promise<string> => (await bot.client.say('/spinup status')).text

  /** Opens the page behind a fresh link, without a browser; gives what sends its forms. */
  async function open(line: string): Promise<(path: string, fields: Record<string, string>) => Promise<string>> {
    const { text } = await bot.client.say(line)
    const link = new URL(/(http:\S+)/.exec(text)?.[1] ?? assert.fail(text)).searchParams.get('link') ?? ''
    let cookie = ''
    const send = async (path: string, fields: Record<string, string>): Promise<string> => {
      const page = cookie === '' ? '' : await (await fetch(`${bot.url}/connect`, { headers: { cookie } })).text()
      const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
      const answer = await fetch(`${bot.url}/connect/${path}`, {
        method: 'POST',
        body: new URLSearchParams({ ...fields, csrf }),
        headers: { cookie },
        redirect: 'manual',
      })
      assert.equal(answer.status, 303, `${path}: ${await answer.text()}`)
      cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie
      return answer.headers.get('location') ?? ''
    }
    await send('open', { link })
    return send
  }

  it('links the account of the environment on the page, and goes on when the agent speaks', async () => {
    const send = await open('/spinup connect')
    await send('environment', {})
    await send('droplet', { droplet: String(origin) })
    await send('balancer', { kind: 'builtin' })
    await send('members', { network: 'public', port: String(port), healthPath: '/', size: 's-1vcpu-1gb' })
    assert.equal(await send('confirm', {}), '/connect/done')
    const key = await until(async () => /install\.sh\?key=(spe_[\w.-]+)/.exec(await cards())?.[1], PATIENCE)
    machines.disk = { url: bot.url, enrol: key, host: 'shop', droplet: String(origin) }
    await agentOn(origin)
    machines.disk = await until(async () => {
      const config = await machines.agents[0]!.config()
      return config['key'] === undefined ? null : config
    }, PATIENCE)
    await until(async () => (await cards()).includes('Shut down and take the snapshot'), PATIENCE)
  })

  it('takes the snapshot with the origin off, and has it back on', async () => {
    await bot.client.say('/spinup connect snapshot')
    await until(async () => (await cards()).includes('Connected: shop'), { ...PATIENCE, what: 'the snapshot' })
    assert.equal(cloud.state.droplets.get(origin)?.status, 'active')
    const actions = [...cloud.state.actions.values()].map((action) => action.type)
    assert.deepEqual(
      actions.filter((type) => ['shutdown', 'snapshot', 'power_on'].includes(type)),
      ['shutdown', 'snapshot', 'power_on'],
    )
    await until(async () => (await fetch(`${bot.balancerUrl}/`)).ok, PATIENCE)
  })

  it('clones it, lets the clone introduce itself, and puts it into service', async () => {
    await bot.client.say('/spinup pin 2 for 10m')
    await until(async () => /shop-2\b.*in service/i.test(await status()), { ...PATIENCE, what: 'shop-2 in service' })
    assert.equal(clones().length, 1)
    const seen = new Set<string>()
    await until(async () => {
      seen.add(await (await fetch(`${bot.balancerUrl}/`)).text())
      return seen.size === 2
    }, PATIENCE)
    assert.equal((await machines.agents[1]!.config())['member'], 'shop-2')
  })

  it('goes on with another access to the account, once that is linked', async () => {
    const other = cloud.state.addToken()
    const send = await open('/spinup connect account')
    assert.equal(await send('token', { token: other.value }), '/connect/done')
    cloud.state.revokeToken(cloud.token)
    await bot.client.say('/spinup pin 3 for 10m')
    await until(async () => /shop-3\b.*in service/i.test(await status()), { ...PATIENCE, what: 'shop-3 in service' })
    assert.equal(clones().length, 2)
  })

  it('disconnects: the clones leave first, the origin goes on serving, nothing of the account is left', async () => {
    await bot.client.say('/spinup disconnect shop')
    await until(async () => (await cards()).includes('shop is disconnected'), { ...PATIENCE, what: 'the end' })
    assert.equal(clones().length, 0)
    assert.equal(cloud.state.droplets.get(origin)?.status, 'active')
    assert.equal(await (await fetch(`${bot.balancerUrl}/`)).text(), '127.0.0.1')
    assert.match(await status(), /No droplet is connected/)
    const log = JSON.stringify(bot.log)
    assert.ok(!log.includes(cloud.token.slice(8)) && !(await cards()).includes(cloud.token.slice(8)))
  })
})
