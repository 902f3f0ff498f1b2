import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { SpinupError } from '../../../src/core/model/error.ts'
import { HOME_TEAM, startSlack, type FakeSlack } from '../../fakes/slack/slack.ts'
import { startTestRedis, type TestRedis } from '../../redis.ts'
import { until } from '../../wait.ts'
import { card, answer, startRig, type Rig, type RigWish } from './rig.ts'

describe('how Slack is connected', () => {
  let server: TestRedis
  let redis: Redis
  let slack: FakeSlack
  let rig: Rig | null
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
  })
  after(() => server.stop())
  beforeEach(async () => {
    await server.flush()
    rig = null
    slack = await startSlack()
  })
  afterEach(async () => {
    await rig?.stop()
    await slack.close()
  })
  const start = async (wish: Partial<RigWish> = {}): Promise<Rig> => {
    rig = await startRig({ slack, redis, ...wish })
    return rig
  }
  const refused = async (wish: Partial<RigWish>, says: RegExp): Promise<void> => {
    await assert.rejects(start(wish), (error) => {
      assert.ok(error instanceof SpinupError)
      assert.equal(error.code, 'configuration')
      assert.equal(error.retryable, false)
      assert.match(error.message, says)
      return true
    })
  }

  it('through two connections, so that a press during the change of one is not lost', async () => {
    const { script } = await start()
    await until(() => slack.socket.connections === 2)
    slack.socket.refresh()
    for (let turn = 0; turn < 20; turn++) {
      const { acked } = await slack.people.type(`status ${turn}`)
      if (acked) continue
      // Both may be gone for a moment, as both were told to go at once.
      await until(() => slack.socket.connections > 0)
      turn--
    }
    await until(() => script.asked.commands.length === 20)
    await until(() => slack.socket.accepted >= 4 && slack.socket.connections === 2)
  })

  it('comes back when the line is cut, also when Slack is down at first', async () => {
    const { script } = await start()
    await until(() => slack.socket.connections === 2)
    slack.faults.add({ method: 'apps.connections.open', kind: 'down', times: 3 })
    slack.socket.drop()
    await until(() => slack.socket.connections === 2)
    await slack.people.type('status')
    await until(() => script.asked.commands.length === 1)
  })

  it('a Slack that is unreachable at the start is worth another try, with the same chat', async () => {
    slack.faults.add({ method: 'apps.connections.open', kind: 'down' })
    const late = await start({ start: false })
    await assert.rejects(late.chat.start(late.script), (error) => error instanceof SpinupError && error.retryable)
    await late.chat.start(late.script)
    await slack.people.type('status')
    await until(() => late.script.asked.commands.length === 1)
  })

  it('a refused app-level token is said, with where to get one', async () => {
    await refused(
      { settings: { appToken: 'xapp-wrong', botToken: slack.install(HOME_TEAM).text } },
      /SLACK_APP_TOKEN.*connections:write/,
    )
  })

  it('a refused bot token is said', async () => {
    await refused({ settings: { botToken: 'xoxb-wrong' } }, /bot token/)
  })

  it('leaves no connection behind when it stops, and may start again', async () => {
    const running = await start()
    await until(() => slack.socket.connections === 2)
    await running.chat.stop()
    await until(() => slack.socket.connections === 0)
    await running.chat.start(running.script)
    await until(() => slack.socket.connections === 2)
  })

  describe('by signed requests', () => {
    const signingSecret = '8f742231b10e8888abcd99yyyzzz85a5'
    const startHttp = async (): Promise<Rig> => {
      const running = await start({
        settings: { appToken: null, signingSecret, botToken: slack.install(HOME_TEAM).text },
      })
      slack.useHttp({ url: `${running.url}/slack/events`, signingSecret })
      return running
    }

    it('commands, presses and events come in as through the socket', async () => {
      const { script, chat } = await startHttp()
      assert.ok((await slack.people.type('status')).acked)
      await until(() => slack.cards('ops').length === 1)
      const channel = `${HOME_TEAM}/${slack.workspace().channel('dev').id}`
      await chat.show(
        channel,
        card('c1', 1, answer('x', { actions: [{ action: 'approve:p1', label: 'Yes', style: 'primary' }] })),
      )
      assert.ok((await slack.people.press(slack.cards('dev')[0]!, 'Yes')).acked)
      await until(() => script.asked.actions.length === 1)
      assert.ok((await slack.people.mention('why')).acked)
      await until(() => script.asked.commands.length === 2)
      assert.equal(slack.socket.accepted, 0)
    })

    it('a wrong signature, or an old one, is refused and changes nothing', async () => {
      const { script } = await startHttp()
      const spoils = [{ secret: 'another secret' }, { ageMs: 6 * 60_000 }]
      for (const spoil of spoils) {
        const delivered = await slack.people.type('down 1', { spoil })
        assert.equal(delivered.acked, false)
      }
      const unsigned = await fetch(`${rig!.url}/slack/events`, { method: 'POST', body: 'command=/spinup&text=down' })
      assert.equal(unsigned.status, 401)
      await slack.people.type('status')
      await until(() => script.asked.commands.length > 0)
      assert.deepEqual(
        script.asked.commands.map(({ text }) => text),
        ['status'],
      )
    })

    it('Slack’s question whether the address is ours is answered when it is signed', async () => {
      await startHttp()
      const { answer: said } = await slack.people.event({ type: 'none' })
      assert.equal(said, null)
      assert.equal((await fetch(`${rig!.url}/slack/elsewhere`)).status, 404)
      assert.equal((await fetch(`${rig!.url}/slack/install`)).status, 404)
    })
  })

  it('with a socket, nothing is taken by HTTP', async () => {
    const { url } = await start()
    const response = await fetch(`${url}/slack/events`, { method: 'POST', body: '{"type":"url_verification"}' })
    assert.equal(response.status, 404)
  })
})
