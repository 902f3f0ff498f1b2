import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { stopLeftovers } from '../../src/cli/leftovers.ts'
import { startDigitalOcean, type FakeDigitalOcean } from '../../src/demo/cloud/api/digitalocean.ts'
import { startRedisServer } from '../../src/store/redis-server.ts'
import { HOME_TEAM, startSlack, type FakeSlack } from '../fakes/slack/slack.ts'
import { until } from '../wait.ts'

const root = join(import.meta.dirname, '../..')

describe('the first minutes of somebody new', () => {
  let slack: FakeSlack
  let cloud: FakeDigitalOcean
  let dir = ''
  let bot: ChildProcess | null = null
  before(async () => {
    slack = await startSlack({ workspaces: [{ team: HOME_TEAM, name: 'Acme', channels: ['ops'] }] })
    cloud = await startDigitalOcean({})
    dir = await mkdtemp(join(tmpdir(), 'spinup-first-'))
  })
  after(async () => {
    bot?.kill('SIGTERM')
    if (bot !== null) await until(() => bot?.exitCode !== null || bot.signalCode !== null, { what: 'the bot to end' })
    const data = join(dir, '.spinup')
    await stopLeftovers(data)
    await (await startRedisServer({ dataDir: data })).stop()
    await Promise.all([slack.close(), cloud.stop()])
    await rm(dir, { recursive: true, force: true })
  })

  /** Runs in the new folder, with nothing of this environment that could help. */
  const program = (file: string): { readonly child: ChildProcess; readonly said: () => string } => {
    const env = { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: join(root, '.build/compile-cache') }
    const child = spawn(process.execPath, [join(root, file)], { cwd: dir, env, stdio: 'pipe' })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (more) => (text += more))
    return { child, said: () => text }
  }

  it('lead from the questions of init to an answer in Slack', async (test) => {
    const startedAt = performance.now()
    // Where the stand-ins are is all that is there before.
    const stands = {
      SLACK_API_URL: slack.apiUrl,
      DIGITALOCEAN_API_URL: cloud.url,
      SPINUP_PORT: 0,
      SPINUP_BALANCER_PORT: 0,
    }
    const lines = Object.entries(stands).map(([name, value]) => `${name}=${value}\n`)
    await writeFile(join(dir, '.env'), lines.join(''), { mode: 0o600 })
    const init = program('src/cli/init.ts')
    const answers = ['here', 'slack', slack.install(HOME_TEAM).text, slack.appToken, cloud.token, '']
    init.child.stdin?.end(answers.map((line) => `${line}\n`).join(''))
    const [status] = (await once(init.child, 'close')) as [number]
    assert.equal(status, 0, init.said())
    assert.doesNotMatch(init.said(), /✗/)

    const { child, said } = program('src/main.ts')
    bot = child
    await until(() => /"msg":"Spinup is up"/.test(said()) || child.exitCode !== null, { what: 'the bot to be up' })
    assert.equal(child.exitCode, null, said())
    await until(() => slack.socket.connections > 0, { what: 'Slack to be connected' })
    const { ephemerals } = slack.channel('ops')
    await slack.people.type('/spinup status', { channel: 'ops' })
    const answer = await until(() => ephemerals.at(-1) ?? slack.cards('ops').at(-1), { what: 'the answer' })
    assert.match(JSON.stringify(answer), /No pool is connected|spinup connect/)
    assert.deepEqual(slack.violations, [])
    test.diagnostic(`from init to an answer: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  })
})
