import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { SpinupError, type ErrorCode } from '../../../src/core/model/error.ts'
import type { View } from '../../../src/core/model/view.ts'
import { REQUIRED_SCOPES, WISHED_SCOPES } from '../../../src/chat/slack/options.ts'
import { exampleViews } from '../../example-views.ts'
import { slackFilesOf } from '../../fakes/slack/record.ts'
import { HOME_TEAM, startSlack, type FakeSlack } from '../../fakes/slack/slack.ts'
import { startTestRedis, type TestRedis } from '../../redis.ts'
import { until } from '../../wait.ts'
import { answer, card, said, startRig, type Rig, type RigWish } from './rig.ts'

describe('cards in Slack', () => {
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
    const token = slack.install(HOME_TEAM, [...REQUIRED_SCOPES, ...WISHED_SCOPES]).text
    rig = await start({ settings: { botToken: token } })
  })
  afterEach(async () => {
    await rig.stop()
    await slack.close()
  })
  const start = (wish: Partial<RigWish> = {}): Promise<Rig> => startRig({ slack, redis, ...wish })
  /** A scale event as it goes on. */
  const episode = (to: number): View & { kind: 'episode' } => ({ ...exampleViews(Date.now()).episode, to })
  const failed = async (work: Promise<void>, says: RegExp, code: ErrorCode = 'chatFailed'): Promise<SpinupError> => {
    let caught: unknown
    await work.catch((error: unknown) => {
      caught = error
    })
    assert.ok(caught instanceof SpinupError, `it failed: ${String(caught)}`)
    assert.equal(caught.code, code)
    assert.match(caught.message, says)
    return caught
  }

  it('a card is one message, edited in place; an older revision is ignored', async () => {
    await rig.chat.show(ops, card('c1', 1, answer('one')))
    await rig.chat.show(ops, card('c1', 3, answer('three')))
    await rig.chat.show(ops, card('c1', 2, answer('two')))
    await rig.chat.show(ops, card('c1', 3, answer('three again')))
    const [message, ...others] = slack.cards('ops')
    assert.deepEqual(others, [])
    assert.match(said(message), /three/)
    assert.equal(message?.edits, 1)
  })

  it('revisions of one card at the same time end with the newest, in one message', async () => {
    await Promise.all(
      [3, 1, 5, 2, 4].map((revision) => rig.chat.show(ops, card('c1', revision, answer(`state ${revision}`)))),
    )
    assert.equal(slack.cards('ops').length, 1)
    assert.match(said(slack.cards('ops')[0]), /state 5/)
  })

  it('the chart is uploaded once, waited for, and shown with the details in the thread, which are edited in place too', async () => {
    await rig.chat.show(ops, card('c1', 1, episode(3)))
    await rig.chat.show(ops, card('c1', 2, episode(4)))
    const [message, ...others] = slack.cards('ops')
    assert.equal(others.length, 0)
    assert.equal(message?.replies.length, 1)
    const files = slackFilesOf([message.blocks, message.replies[0]?.blocks])
    assert.equal(files.length, 1)
    assert.ok((slack.files.get(files[0]!)?.bytes.length ?? 0) > 0)
    assert.equal(slack.files.size, 1)
    assert.ok(slack.calls.some(({ method }) => method === 'files.info'))
  })

  it('a chart that cannot be uploaded is left out, and the words stay', async () => {
    slack.faults.add({ method: 'upload', kind: 'down' })
    await rig.chat.show(ops, card('c1', 1, episode(3)))
    const [message] = slack.cards('ops')
    assert.deepEqual(slackFilesOf([message?.blocks, message?.replies.map(({ blocks }) => blocks)]), [])
    assert.match(said(message), /shop/)
    assert.ok(rig.logged.some((line) => line.includes('without its chart')))
  })

  it('a chart is not uploaded again for a card that is tried again', async () => {
    slack.faults.add({ method: 'chat.postMessage', kind: 'rateLimit', retryAfterS: 1 })
    await failed(rig.chat.show(ops, card('c1', 1, episode(3))), /pause of 1 s/)
    await rig.chat.show(ops, card('c1', 1, episode(3)))
    assert.equal(slack.files.size, 1)
    assert.equal(slackFilesOf(slack.cards('ops')[0]?.replies[0]?.blocks).length, 1)
  })

  it('leaves no chart behind that Slack could not be told of', async () => {
    slack.faults.add({ method: 'files.info', kind: 'down' })
    await rig.chat.show(ops, card('c1', 1, episode(3)))
    assert.deepEqual(
      [...slack.files.values()].map(({ deleted }) => deleted),
      [true],
    )
  })

  it('does not wait for a chart that Slack looks through for long', async () => {
    slack.state.fileLooks = 4
    const showing = rig.chat.show(ops, card('c1', 1, episode(3)))
    const message = await until(() => slack.cards('ops')[0])
    await until(() => message.replies.length === 1)
    assert.deepEqual(slackFilesOf([message.blocks, message.replies[0]?.blocks]), [], 'at first without')
    await showing
    assert.equal(slackFilesOf([message.blocks, message.replies[0]?.blocks]).length, 1)
    assert.equal(slack.cards('ops').length, 1)
    assert.equal(message.replies.length, 1)
  })

  it('goes without details where a channel takes none in threads', async () => {
    await rig.chat.show(ops, card('c1', 1, answer('one')))
    const error = 'restricted_action_non_threadable_channel'
    slack.faults.add({ method: 'chat.postMessage', kind: 'error', error })
    await rig.chat.show(ops, card('c1', 2, episode(3)))
    assert.match(said(slack.cards('ops')[0]), /→ 3/)
    assert.equal(slack.cards('ops')[0]?.replies.length, 0)
  })

  it('a newer chart takes the place of the old one, which is deleted', async () => {
    const view = episode(3)
    await rig.chat.show(ops, card('c1', 1, view))
    await rig.chat.show(ops, card('c1', 2, { ...view, chart: { ...view.chart!, id: 'another' } }))
    await until(() => [...slack.files.values()].filter(({ deleted }) => deleted).length === 1)
    const [message] = slack.cards('ops')
    const [shown] = slackFilesOf([message?.blocks, message?.replies[0]?.blocks])
    assert.equal(slack.files.get(shown!)?.deleted, false)
  })

  it('a 429 is told as it is: how long to wait, with nothing posted and nothing looked for afterwards', async () => {
    slack.faults.add({ method: 'chat.postMessage', kind: 'rateLimit', retryAfterS: 7 })
    const error = await failed(rig.chat.show(ops, card('c1', 1, answer('one'))), /pause of 7 s/)
    assert.equal(error.retryable, true)
    assert.equal(error.retryAfterMs, 7000)
    await rig.chat.show(ops, card('c1', 1, answer('one')))
    assert.equal(slack.cards('ops').length, 1)
    assert.ok(!slack.calls.some(({ method }) => method === 'conversations.history'))
  })

  it('one channel’s 429 holds up no other', async () => {
    const dev = `${HOME_TEAM}/${slack.workspace().channel('dev').id}`
    slack.faults.add({
      method: 'chat.postMessage',
      channel: slack.workspace().channel('ops').id,
      kind: 'rateLimit',
      retryAfterS: 60,
    })
    const begun = performance.now()
    const [first] = await Promise.allSettled([
      rig.chat.show(ops, card('c1', 1, answer('one'))),
      rig.chat.show(dev, card('c1', 1, answer('one'))),
    ])
    assert.equal(first.status, 'rejected')
    assert.equal(slack.cards('dev').length, 1)
    assert.ok(performance.now() - begun < 30_000)
  })

  it('a post whose answer was lost is found again, not repeated', async () => {
    slack.faults.add({ method: 'chat.postMessage', kind: 'lost' })
    const error = await failed(rig.chat.show(ops, card('c1', 1, answer('one'))), /did not answer/)
    assert.equal(error.retryable, true)
    await rig.chat.show(ops, card('c1', 2, answer('two')))
    const messages = slack.cards('ops')
    assert.equal(messages.length, 1)
    assert.match(said(messages[0]), /two/)
  })

  it('is found by another bot as well, when the first one died in between', async () => {
    slack.faults.add({ method: 'chat.postMessage', kind: 'lost' })
    await failed(rig.chat.show(ops, card('c1', 1, episode(3))), /did not answer/)
    const other = await start({
      settings: { botToken: slack.install(HOME_TEAM, [...REQUIRED_SCOPES, 'channels:history']).text },
    })
    try {
      await other.chat.show(ops, card('c1', 2, episode(4)))
      assert.equal(slack.cards('ops').length, 1)
      assert.equal(slack.cards('ops')[0]?.replies.length, 1)
    } finally {
      await other.stop()
    }
  })

  it('a reply in the thread whose answer was lost is not repeated either', async () => {
    await rig.chat.show(ops, card('c1', 1, answer('one')))
    slack.faults.add({ method: 'chat.postMessage', kind: 'lost' })
    await failed(rig.chat.show(ops, card('c1', 2, episode(3))), /did not answer/)
    await rig.chat.show(ops, card('c1', 3, episode(4)))
    assert.equal(slack.cards('ops').length, 1)
    assert.equal(slack.cards('ops')[0]?.replies.length, 1)
  })

  it('without the scope to look, it is posted again rather than lost, with one warning', async () => {
    const poor = await start()
    try {
      for (const id of ['c1', 'c2']) {
        slack.faults.add({ method: 'chat.postMessage', kind: 'lost' })
        await failed(poor.chat.show(ops, card(id, 1, answer('one'))), /did not answer/)
        await poor.chat.show(ops, card(id, 1, answer('one')))
      }
      assert.equal(slack.cards('ops').length, 4)
      assert.equal(poor.logged.filter((line) => line.includes('channels:history')).length, 1)
    } finally {
      await poor.stop()
    }
  })

  it('a restart in between edits the same message', async () => {
    await rig.chat.show(ops, card('c1', 1, episode(3)))
    await rig.stop()
    rig = await start()
    await rig.chat.show(ops, card('c1', 2, { ...episode(4), stage: 'settled', endedAt: Date.now() }))
    assert.equal(slack.cards('ops').length, 1)
    assert.equal(slack.cards('ops')[0]?.edits, 1)
    assert.equal(slack.cards('ops')[0]?.replies.length, 1)
  })

  it('a card that somebody deleted is posted again when it changes', async () => {
    await rig.chat.show(ops, card('c1', 1, answer('one')))
    slack.cards('ops')[0]!.deleted = true
    await rig.chat.show(ops, card('c1', 2, answer('two')))
    await rig.chat.show(ops, card('c1', 3, answer('three')))
    assert.equal(slack.cards('ops').length, 1)
    assert.match(said(slack.cards('ops')[0]), /three/)
  })

  it('a card Slack takes for malformed is said in plain words', async () => {
    slack.faults.add({ method: 'chat.postMessage', kind: 'error', error: 'invalid_blocks' })
    await rig.chat.show(ops, card('c1', 1, answer('one')))
    const [message] = slack.cards('ops')
    assert.deepEqual(message?.blocks, [])
    assert.match(message.text, /one/)
    await rig.chat.show(ops, card('c1', 2, answer('two')))
    assert.ok((slack.cards('ops')[0]?.blocks.length ?? 0) > 0)
  })

  it('a card refused even in plain words is given up', async () => {
    slack.faults.add({ method: 'chat.postMessage', kind: 'error', error: 'invalid_blocks', times: 5 })
    const error = await failed(rig.chat.show(ops, card('c1', 1, answer('one'))), /invalid_blocks/)
    assert.equal(error.retryable, false)
  })

  for (const [code, says] of [
    ['channel_not_found', /\/invite/],
    ['is_archived', /archived/],
    ['token_revoked', /Install the app again/],
    ['missing_scope', /scope/],
  ] as const) {
    it(`${code} is for good, and says what to do`, async () => {
      slack.faults.add({ method: 'chat.postMessage', kind: 'error', error: code })
      const error = await failed(rig.chat.show(ops, card('c1', 1, answer('one'))), says, 'unauthorised')
      assert.equal(error.retryable, false)
      assert.equal(error.retryAfterMs, null)
    })
  }

  for (const kind of ['down', 'cut'] as const) {
    it(`a Slack that is ${kind === 'down' ? 'down' : 'cut off'} is worth another try`, async () => {
      slack.faults.add({ method: 'chat.postMessage', kind })
      const error = await failed(rig.chat.show(ops, card('c1', 1, answer('one'))), /Slack/)
      assert.equal(error.retryable, true)
      await rig.chat.show(ops, card('c1', 1, answer('one')))
      assert.equal(slack.cards('ops').length, 1)
    })
  }

  it('every kind of view arrives within Slack’s rules', async () => {
    for (const [kind, view] of Object.entries(exampleViews(Date.now()))) await rig.chat.show(ops, card(kind, 1, view))
    assert.equal(slack.cards('ops').length, Object.keys(exampleViews(0)).length)
    assert.deepEqual(slack.violations, [])
  })

  it('one between the two of us whose answer was lost is posted again: nobody may look there', async () => {
    const { id } = slack.workspace().person('grace')
    slack.faults.add({ method: 'chat.postMessage', kind: 'lost' })
    await failed(rig.chat.show(`${HOME_TEAM}/${id}`, card('c1', 1, answer('one'))), /did not answer/)
    await rig.chat.show(`${HOME_TEAM}/${id}`, card('c1', 2, answer('two')))
    const direct = slack.channels().find(({ name }) => name === '@grace')
    assert.match(said(direct?.messages.at(-1)), /two/)
  })

  it('a card may stand between the two of us', async () => {
    const { id } = slack.workspace().person('grace')
    await rig.chat.show(`${HOME_TEAM}/${id}`, card('c1', 1, answer('one')))
    await rig.chat.show(`${HOME_TEAM}/${id}`, card('c1', 2, answer('two')))
    const direct = slack.channels().find(({ name }) => name === '@grace')
    assert.equal(direct?.messages.length, 1)
    assert.match(said(direct.messages[0]), /two/)
  })
})
