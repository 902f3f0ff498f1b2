import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { AlertView, View } from '../../src/core/model/view.ts'
import { until } from '../wait.ts'
import { BotRefused, createSite, type BotProcess, type Site } from './bot-process.ts'
import { card, connect, say, settledAt } from './story.ts'

describe('starting wrongly', () => {
  it('says which port is taken and what to do', async () => {
    const site = await createSite(null)
    const squatter = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => squatter.once('listening', resolve))
    const port = String((squatter.address() as { port: number }).port)
    try {
      await assert.rejects(site.start({ SPINUP_PORT: port }), (error: unknown) => {
        assert.ok(error instanceof BotRefused && error.status === 2, String(error))
        assert.match(error.message, new RegExp(`^spinup: Port ${port} .* is taken .*SPINUP_PORT`))
        return true
      })
    } finally {
      squatter.close()
      await site.clear()
    }
  })

  it('names each wrong variable and what it takes, and shows no secret', async () => {
    const site = await createSite(null)
    try {
      await assert.rejects(site.start({ SPINUP_PORT: 'eighty', SPINUP_SECRET: 'short' }), (error: unknown) => {
        assert.ok(error instanceof BotRefused && error.status === 2)
        assert.match(error.message, /SPINUP_PORT=eighty: it takes a port number/)
        assert.match(error.message, /SPINUP_SECRET=…: it takes at least 16 characters/)
        return true
      })
    } finally {
      await site.clear()
    }
  })
})

describe('trouble in mid-run', () => {
  let site: Site
  let bot: BotProcess

  before(async () => {
    site = await createSite()
    bot = await site.start()
    await connect(site, bot)
    await say(bot, '/spinup policy max=3 scale-in-window=5s scale-in-cooldown=0s slow-minute=2.5 stale-after=12s')
  })
  after(() => site.clear())

  it('Redis killed: it is started again, nothing is lost, and work goes on', async () => {
    await say(bot, '/spinup pin 2 for 1h')
    await settledAt(bot, 2)
    process.kill(redisPid(site.dataDir), 'SIGKILL')
    await until(() => bot.log.some((line) => line['msg'] === 'redis is back'), {
      what: 'Redis is back',
      timeoutMs: 60_000,
    })
    await say(bot, '/spinup pin 3 for 1h')
    const view = await settledAt(bot, 3)
    assert.match(view.overrides[0]!.text, /Pinned at 3/)
    await say(bot, '/spinup unpin')
  })

  it('agents silent: the pool is held, never scaled in, and the channel is told; then all is well again', async () => {
    await say(bot, '/spinup scale 2')
    await settledAt(bot, 2)
    // The agents are sent to a bot that is not there; samples stop though their droplets live.
    const { machines, state } = site.cloud
    const configs = new Map<number, string>()
    for (const id of state.droplets.keys()) {
      const config = await readFile(join(machines.disk(id), 'agent.json'), 'utf8')
      configs.set(id, config)
      await machines.installAgent(id, JSON.stringify({ ...JSON.parse(config), url: 'http://127.0.0.1:9' }))
    }
    const alert = await until(() => card(bot, isActiveAlert), { what: 'an alert', timeoutMs: 60_000 })
    assert.match(alert.text, /Nothing is scaled in on partial evidence/)
    const held = await until(
      async () => {
        const views = await say(bot, '/spinup why')
        return views.find((view) => view.kind === 'decision' && view.decision.rule === 'noData') ?? null
      },
      { what: 'holding for want of data' },
    )
    assert.ok(held.kind === 'decision' && held.decision.kind === 'hold')
    assert.equal((await settledAt(bot, 2)).members.length, 2)

    for (const [id, config] of configs) await machines.installAgent(id, config)
    await until(async () => (await card(bot, isAlert))?.state === 'resolved', {
      what: 'the alert resolved',
      timeoutMs: 60_000,
    })
    await until(
      async () => {
        const views = await say(bot, '/spinup why')
        return views.some((view) => view.kind === 'decision' && view.decision.rule !== 'noData')
      },
      { what: 'decisions from what is reported again' },
    )
  })
})

const isAlert = (view: View): view is AlertView => view.kind === 'alert'
const isActiveAlert = (view: View): view is AlertView => isAlert(view) && view.state === 'active'

function redisPid(dataDir: string): number {
  const found = execFileSync('pgrep', ['-f', `redis-server.*${dataDir}`], { encoding: 'utf8' })
  return Number(found.trim().split('\n')[0])
}
