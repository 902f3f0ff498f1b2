import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { exampleViews } from '../../example-views.ts'
import { slackFilesOf } from '../../fakes/slack/record.ts'
import { HOME_TEAM, startSlack, type FakeSlack } from '../../fakes/slack/slack.ts'
import { startTestRedis, type TestRedis } from '../../redis.ts'
import { until } from '../../wait.ts'
import { answer, refusal, said, startRig, type Rig } from './rig.ts'

describe('commands in Slack', () => {
  let server: TestRedis
  let redis: Redis
  let slack: FakeSlack
  let rig: Rig
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
  })
  after(() => server.stop())
  beforeEach(async () => {
    await server.flush()
    slack = await startSlack({
      workspaces: [
        {
          team: HOME_TEAM,
          name: 'Acme',
          privateChannels: ['secret'],
          groups: { S0OPS00001: ['ada'], S0ALL00001: ['ada', 'grace'] },
        },
      ],
    })
    rig = await startRig({ slack, redis })
  })
  afterEach(async () => {
    await rig.stop()
    await slack.close()
  })

  it('a slash command is acknowledged, carried out for the person, and answered in the channel', async () => {
    const { acked } = await slack.people.type('status', { user: 'grace', channel: 'dev' })
    assert.ok(acked)
    const message = await until(() => slack.cards('dev')[0])
    assert.match(said(message), /done: status/)
    const [input] = rig.script.asked.commands
    assert.equal(input?.text, 'status')
    const { id } = slack.workspace().person('grace')
    const channel = `${HOME_TEAM}/${slack.workspace().channel('dev').id}`
    assert.deepEqual(input.asker, {
      actor: { id: `slack:${id}`, name: 'grace', platform: 'slack' },
      place: { platform: 'slack', channel, tenant: null },
      roles: [],
    })
  })

  it('is acknowledged within Slack’s three seconds however long the work takes', async () => {
    rig.script.answers = async () => {
      await until(() => slack.calls.some(({ method }) => method === 'auth.revoke'))
      return [answer('at last')]
    }
    const delivered = await slack.people.type('refresh')
    assert.ok(delivered.acked)
    assert.equal(slack.cards('ops').length, 0)
    slack.state.calls.push({ method: 'auth.revoke', team: HOME_TEAM, channel: null, at: 0, ok: true })
    await until(() => slack.cards('ops').some((message) => said(message).includes('at last')))
  })

  it('what concerns the person alone is seen by nobody else', async () => {
    rig.script.answers = () => [refusal('There is no command called “stauts”.'), answer('a link', { private: true })]
    await slack.people.type('stauts', { user: 'ada' })
    const ephemerals = await until(
      () => slack.channel('ops').ephemerals.length === 2 && slack.channel('ops').ephemerals,
    )
    assert.ok(ephemerals.every(({ to }) => to === slack.workspace().person('ada').id))
    assert.match(said(ephemerals[0]), /stauts/)
    assert.equal(slack.cards('ops').length, 0)
  })

  it('arrives as it was typed, whatever Slack made of it on the way', async () => {
    await slack.people.type('pin 3 for 1h A &amp; B &lt;3')
    await until(() => rig.script.asked.commands.length === 1)
    assert.equal(rig.script.asked.commands[0]?.text, 'pin 3 for 1h A & B <3')
  })

  it('with nothing to say it points at the card, to the person', async () => {
    rig.script.answers = () => []
    await slack.people.type('up')
    const told = await until(() => slack.channel('ops').ephemerals[0])
    assert.match(said(told), /card/i)
    assert.equal(slack.cards('ops').length, 0)
  })

  it('where its card cannot come it says so instead, and how it can', async () => {
    rig.script.answers = () => []
    slack.workspace().channel('dev').invited = false
    await slack.people.type('doctor', { channel: 'dev' })
    const told = await until(() => slack.channel('dev').ephemerals[0])
    assert.match(said(told), /\/invite @Spinup/)
    assert.equal(slack.channel('dev').ephemerals.length, 1)
  })

  it('more answers than a response_url takes all arrive', async () => {
    rig.script.answers = () => Array.from({ length: 7 }, (_, index) => answer(`answer ${index}`, { private: true }))
    await slack.people.type('help')
    const { ephemerals } = slack.channel('ops')
    await until(() => ephemerals.length === 7)
    assert.deepEqual(
      ephemerals.map((one) => /answer \d/.exec(said(one))?.[0]),
      Array.from({ length: 7 }, (_, index) => `answer ${index}`),
    )
    assert.deepEqual(
      ephemerals.map(({ via }) => via),
      ['response_url', 'response_url', 'response_url', 'response_url', 'chat', 'chat', 'chat'],
    )
  })

  it('where it was not invited it answers all the same, and says how cards can come', async () => {
    slack.workspace().channel('secret').invited = false
    await slack.people.type('status', { channel: 'secret' })
    await until(() => slack.channel('secret').ephemerals.length === 1)
    assert.match(said(slack.channel('secret').messages[0]), /done: status/)
    assert.match(said(slack.channel('secret').ephemerals[0]), /\/invite/)
  })

  it('an answer with a chart shows it, and comes without where Slack refuses it', async () => {
    const { stats } = exampleViews(Date.now())
    rig.script.answers = () => [stats]
    await slack.people.type('stats')
    await until(() => slack.cards('ops').length === 1)
    assert.equal(slackFilesOf(slack.cards('ops')[0]?.blocks).length, 1)
    slack.faults.add({ method: 'chat.postMessage', kind: 'error', error: 'invalid_blocks' })
    await slack.people.type('stats')
    await until(() => slack.cards('ops').length === 2)
    const [, bare] = slack.cards('ops')
    assert.deepEqual(slackFilesOf(bare?.blocks), [])
    assert.ok((bare?.blocks.length ?? 0) > 0)
  })

  it('waits as Slack asks before it answers', async () => {
    slack.faults.add({ method: 'chat.postMessage', kind: 'rateLimit', retryAfterS: 1 })
    await slack.people.type('status')
    await until(() => slack.cards('ops').length === 1)
    assert.equal(slack.faults.happened.get('chat.postMessage'), 1)
  })

  it('a mention in a thread is answered in that thread', async () => {
    const { ts } = await slack.people.mention('status', { user: 'ada' })
    const parent = slack.channel('ops').messages.find((message) => message.ts === ts)
    await until(() => parent?.replies.length === 1)
    assert.match(said(parent?.replies[0]), /done: status/)
    await slack.people.mention('why &amp; how', { user: 'grace', thread: parent! })
    await until(() => parent?.replies.length === 3)
    assert.match(said(parent?.replies[2]), /done: why &amp; how/)
    assert.equal(rig.script.asked.commands[1]?.text, 'why & how')
  })

  it('what is for the person alone is seen where the mention began a thread, too', async () => {
    rig.script.answers = () => [refusal('There is no command called “stauts”.')]
    await slack.people.mention('stauts', { user: 'grace' })
    const told = await until(() => slack.channel('ops').ephemerals[0])
    assert.match(said(told), /stauts/)
    assert.equal(told.thread, null)
  })

  it('a mention that Slack sends twice is carried out once', async () => {
    await slack.people.mention('up 2', { eventId: 'Ev1' })
    await slack.people.mention('up 2', { eventId: 'Ev1' })
    await slack.people.mention('up 3', { eventId: 'Ev2' })
    await until(() => rig.script.asked.commands.some(({ text }) => text === 'up 3'))
    assert.deepEqual(
      rig.script.asked.commands.map(({ text }) => text),
      ['up 2', 'up 3'],
    )
  })

  it('a mention that another bot has seen already is left to it', async () => {
    const other = await startRig({ slack, redis })
    try {
      await until(() => slack.socket.connections === 4)
      // Slack takes turns with the connections.
      for (let turn = 0; turn < 4; turn++) await slack.people.mention('up 2', { eventId: 'Ev1' })
      for (let turn = 0; turn < 4; turn++) await slack.people.mention(`status ${turn}`)
      const seen = (): readonly string[] =>
        [rig, other].flatMap(({ script }) => script.asked.commands.map(({ text }) => text))
      await until(() => seen().filter((text) => text.startsWith('status')).length === 4)
      assert.equal(seen().filter((text) => text === 'up 2').length, 1)
      assert.ok(other.script.asked.commands.length > 0, 'the other one has seen something')
    } finally {
      await other.stop()
    }
  })

  it('a mention that cannot be carried out is answered all the same', async () => {
    await redis.config('SET', 'maxmemory', '1')
    try {
      await slack.people.mention('scale 3')
      const told = await until(() => slack.channel('ops').ephemerals[0])
      assert.match(said(told), /Redis could not note a report: its memory is full, so it takes no changes/)
      assert.deepEqual(rig.script.asked.commands, [], 'it may have been done by another bot')
    } finally {
      await redis.config('SET', 'maxmemory', '0')
    }
  })

  it('a mention that only looks is answered while Redis takes no changes, and once', async () => {
    await redis.config('SET', 'maxmemory', '1')
    try {
      const lines = [
        'status',
        'why',
        'stats cpu',
        'what does it cost?',
        'how many servers are running?',
        'policy',
        'help',
        '',
      ]
      for (const [index, text] of lines.entries()) {
        for (let time = 0; time < 2; time++) await slack.people.mention(text, { eventId: `Ev${index}` })
      }
      await slack.people.mention('pools')
      await until(() => rig.script.asked.commands.some(({ text }) => text === 'pools'))
      assert.deepEqual(
        rig.script.asked.commands.map(({ text }) => text),
        [...lines, 'pools'],
      )
      assert.deepEqual(
        slack.channel('ops').ephemerals.map((one) => said(one)),
        [],
      )
    } finally {
      await redis.config('SET', 'maxmemory', '0')
    }
  })

  it('another app’s mention steers nothing', async () => {
    const { id } = slack.workspace().channel('ops')
    await slack.people.event({
      type: 'app_mention',
      user: 'U0OTHER001',
      bot_id: 'B0OTHER001',
      text: '<@U0BOT> up 5',
      ts: '1.2',
      channel: id,
      event_ts: '1.2',
    })
    await slack.people.mention('status')
    await until(() => rig.script.asked.commands.length > 0)
    assert.deepEqual(
      rig.script.asked.commands.map(({ text }) => text),
      ['status'],
    )
  })

  it('groups are looked up for a vote, once a minute at most', async () => {
    await Promise.all([
      slack.people.type('approve p1', { user: 'ada' }),
      slack.people.type('deny p1 no', { user: 'grace' }),
      slack.people.type('status', { user: 'ada' }),
    ])
    await until(() => rig.script.asked.commands.length === 3)
    const roles = Object.fromEntries(rig.script.asked.commands.map(({ text, asker }) => [text, asker.roles]))
    assert.deepEqual(roles, {
      'approve p1': ['slack:S0OPS00001', 'slack:S0ALL00001'],
      'deny p1 no': ['slack:S0ALL00001'],
      status: [],
    })
    assert.equal(slack.calls.filter(({ method }) => method === 'usergroups.list').length, 1)
  })

  it('groups that Slack does not tell are said to be unknown, and asked for again', async () => {
    slack.faults.add({ method: 'usergroups.list', kind: 'error', error: 'internal_error' })
    await slack.people.type('approve p1', { user: 'ada' })
    await slack.people.type('approve p2', { user: 'ada' })
    await until(() => rig.script.asked.commands.length === 2)
    const [first, second] = rig.script.asked.commands.map(({ asker }) => asker)
    assert.deepEqual(first?.roles, [])
    assert.match(first.groupsUnknown ?? '', /user groups.*internal_error/)
    assert.deepEqual([second?.roles.length, second?.groupsUnknown], [2, undefined])
  })

  it('what people type cannot mention anybody', async () => {
    rig.script.answers = () => [answer('<!channel> <@U1> *bold*')]
    await slack.people.type('pin 3 <!channel>')
    const message = await until(() => slack.cards('ops')[0])
    assert.doesNotMatch(message.text, /<!channel>|<@U1>/)
    assert.doesNotMatch(JSON.stringify(message.blocks), /"mrkdwn","text":"[^"]*<[!@]/)
  })
})
