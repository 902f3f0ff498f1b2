import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import type { CheckLine } from '../../../src/core/model/view.ts'
import { REQUIRED_SCOPES, WISHED_SCOPES } from '../../../src/chat/slack/options.ts'
import { HOME_TEAM, startSlack, type FakeSlack } from '../../fakes/slack/slack.ts'
import { startTestRedis, type TestRedis } from '../../redis.ts'
import { until } from '../../wait.ts'
import { startRig, type Rig, type RigWish } from './rig.ts'

describe('what the doctor asks of Slack', () => {
  let server: TestRedis
  let redis: Redis
  let slack: FakeSlack
  let rig: Rig
  let ops: string
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
  })
  after(() => server.stop())
  beforeEach(async () => {
    await server.flush()
    slack = await startSlack()
    ops = `${HOME_TEAM}/${slack.workspace().channel('ops').id}`
  })
  afterEach(async () => {
    await rig.stop()
    await slack.close()
  })
  const start = async (wish: Partial<RigWish> = {}): Promise<void> => {
    rig = await startRig({ slack, redis, ...wish })
  }
  const check = async (channel: string | null = ops): Promise<ReadonlyMap<string, CheckLine>> =>
    new Map((await rig.chat.checkUp!(channel)).map((line) => [line.name, line]))
  const states = (lines: ReadonlyMap<string, CheckLine>): Readonly<Record<string, string>> =>
    Object.fromEntries([...lines].map(([name, { state }]) => [name, state]))

  it('finds nothing wrong where nothing is, and leaves nothing to be seen', async () => {
    await start({ settings: { botToken: slack.install(HOME_TEAM, [...REQUIRED_SCOPES, ...WISHED_SCOPES]).text } })
    await until(() => slack.socket.connections === 2)
    const lines = await check()
    assert.deepEqual(states(lines), {
      'Slack: permissions': 'ok',
      'Slack: posting': 'ok',
      'Slack: charts': 'ok',
      'Slack: Socket Mode': 'ok',
      'Slack: clock': 'ok',
    })
    assert.ok([...lines.values()].every(({ fix }) => fix === null))
    assert.equal(slack.channel('ops').messages.length, 0)
    assert.deepEqual(
      [...slack.files.values()].map(({ deleted }) => deleted),
      [true],
    )
  })

  it('names the permissions that are missing, what for, and where to add them', async () => {
    await start({ settings: { botToken: slack.install(HOME_TEAM, ['commands', 'chat:write']).text } })
    const line = (await check()).get('Slack: permissions')
    assert.equal(line?.state, 'failed')
    assert.match(line.detail, /files:write \(to upload charts\)/)
    assert.match(line.fix ?? '', /manifests\/slack\.yaml/)
  })

  it('says what is optional without calling it a fault', async () => {
    await start()
    const line = (await check()).get('Slack: permissions')
    assert.equal(line?.state, 'ok')
    assert.match(line.detail, /not granted: channels:history/)
  })

  it('says how to get into a channel it is not in', async () => {
    await start()
    slack.workspace().channel('ops').invited = false
    const line = (await check()).get('Slack: posting')
    assert.equal(line?.state, 'failed')
    assert.match(line.fix ?? '', /\/invite @Spinup/)
  })

  it('a lost socket and a clock that is off are said', async () => {
    await start()
    slack.faults.add({ method: 'apps.connections.open', kind: 'down', times: 1000 })
    slack.socket.drop()
    slack.state.clockAheadMs = 10 * 60_000
    const lines = await until(async () => {
      const lines = await check()
      return lines.get('Slack: Socket Mode')?.state === 'failed' && lines
    })
    slack.faults.clear()
    assert.equal(lines.get('Slack: clock')?.state, 'failed')
    assert.match(lines.get('Slack: clock')?.detail ?? '', /(599|600|601) s behind/)
  })

  it('an upload that fails is said', async () => {
    await start()
    slack.faults.add({ method: 'upload', kind: 'down' })
    const line = (await check()).get('Slack: charts')
    assert.equal(line?.state, 'failed')
  })

  it('without a channel it skips what needs one', async () => {
    await start()
    assert.equal((await check(null)).get('Slack: posting')?.state, 'skipped')
  })

  it('a dead token is one line that says what to do', async () => {
    await start({ settings: { clientId: '11.22', clientSecret: 'client-secret-of-spinup' } })
    const line = (await check()).get('Slack: token')
    assert.equal(line?.state, 'failed')
    assert.match(line.fix ?? '', /docs\/slack\.md/)
    assert.equal((await check(null)).get('Slack: token')?.state, 'skipped')
  })
})
