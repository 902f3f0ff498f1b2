import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { SpinupError } from '../../../src/core/model/error.ts'
import { HOME_TEAM, startSlack, type FakeSlack } from '../../fakes/slack/slack.ts'
import { startTestRedis, type TestRedis } from '../../redis.ts'
import { dump } from '../../store/dump.ts'
import { until } from '../../wait.ts'
import { answer, card, said, startRig, type Rig, type RigWish } from './rig.ts'

const OTHER = 'T0BETA0002'
const APP = { clientId: '11.22', clientSecret: 'client-secret-of-spinup' }

describe('many Slack workspaces', () => {
  let server: TestRedis
  let redis: Redis
  let slack: FakeSlack
  let rig: Rig
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
  })
  after(() => server.stop())
  const open = async (rotation: boolean, settings: RigWish['settings'] = APP): Promise<void> => {
    slack = await startSlack({
      workspaces: [
        { team: HOME_TEAM, name: 'Acme' },
        { team: OTHER, name: 'Beta', people: { eve: 'Eve Beta' } },
      ],
      app: { ...APP, rotation },
    })
    rig = await startRig({ slack, redis, settings })
  }
  const install = (team: string): ReturnType<FakeSlack['installByBrowser']> =>
    slack.installByBrowser(`${rig.url}/slack/install`, team)
  const channelOf = (team: string): string => `${team}/${slack.workspace(team).channel('ops').id}`
  beforeEach(() => server.flush())
  afterEach(async () => {
    await rig.stop()
    await slack.close()
  })

  it('each installs the app by its page; the first is at home, the others are tenants', async () => {
    await open(false)
    assert.equal((await install(HOME_TEAM)).status, 200)
    assert.match((await install(OTHER)).text, /is installed/)
    await slack.people.type('status', { team: HOME_TEAM })
    await slack.people.type('status', { team: OTHER })
    await until(() => slack.cards('ops', HOME_TEAM).length === 1 && slack.cards('ops', OTHER).length === 1)
    const tenants = rig.script.asked.commands.map(({ asker }) => [asker.place.channel, asker.place.tenant])
    assert.deepEqual(
      new Map(tenants as [string, string | null][]),
      new Map([
        [channelOf(HOME_TEAM), null],
        [channelOf(OTHER), `slack:${OTHER}`],
      ]),
    )
  })

  it('beside the workspace of the bot token, the others are tenants', async () => {
    await open(false)
    await rig.stop()
    rig = await startRig({ slack, redis, settings: { ...APP, botToken: slack.install(HOME_TEAM).text } })
    await install(OTHER)
    await slack.people.type('status', { team: OTHER })
    await slack.people.type('status', { team: HOME_TEAM })
    await until(() => rig.script.asked.commands.length === 2)
    assert.deepEqual(
      rig.script.asked.commands.map(({ asker }) => asker.place.tenant).toSorted(),
      [null, `slack:${OTHER}`].toSorted(),
    )
  })

  it('posts the bot starts by itself go out with each workspace’s own token', async () => {
    await open(false)
    await install(HOME_TEAM)
    await install(OTHER)
    await rig.chat.show(channelOf(HOME_TEAM), card('c1', 1, answer('for acme')))
    await rig.chat.show(channelOf(OTHER), card('c1', 1, answer('for beta')))
    assert.match(said(slack.cards('ops', HOME_TEAM)[0]), /for acme/)
    assert.match(said(slack.cards('ops', OTHER)[0]), /for beta/)
    assert.deepEqual(
      slack.calls.filter(({ method }) => method === 'chat.postMessage').map(({ team }) => team),
      [HOME_TEAM, OTHER],
    )
  })

  it('survives a restart, also in the middle of an install', async () => {
    await open(false)
    const page = await fetch(`${rig.url}/slack/install`, { redirect: 'manual' })
    const back = new URL(slack.oauth.approve(page.headers.get('location')!, HOME_TEAM))
    await rig.stop()
    rig = await startRig({ slack, redis, settings: APP })
    const cookie = page.headers.getSetCookie()[0]!.split(';')[0]!
    const done = await fetch(`${rig.url}${back.pathname}${back.search}`, { headers: { cookie } })
    assert.equal(done.status, 200)
    await rig.stop()
    rig = await startRig({ slack, redis, settings: APP })
    await rig.chat.show(channelOf(HOME_TEAM), card('c1', 1, answer('one')))
    assert.equal(slack.cards('ops', HOME_TEAM).length, 1)
  })

  it('a token about to expire is renewed before a post, once for all that wait', async () => {
    await open(true)
    slack.oauth.livesS = 60
    await install(HOME_TEAM)
    slack.oauth.livesS = 43_200
    await Promise.all(['c1', 'c2', 'c3'].map((id) => rig.chat.show(channelOf(HOME_TEAM), card(id, 1, answer(id)))))
    assert.equal(slack.cards('ops', HOME_TEAM).length, 3)
    assert.equal(slack.calls.filter(({ method }) => method === 'oauth.v2.access').length, 2)
    await rig.chat.show(channelOf(HOME_TEAM), card('c4', 1, answer('c4')))
    assert.equal(slack.calls.filter(({ method }) => method === 'oauth.v2.access').length, 2)
  })

  it('a renewal that failed is worth another try, also when the token is over', async () => {
    await open(true)
    slack.oauth.livesS = 0
    await install(HOME_TEAM)
    slack.oauth.livesS = 43_200
    slack.faults.add({ method: 'oauth.v2.access', kind: 'down' })
    await assert.rejects(rig.chat.show(channelOf(HOME_TEAM), card('c1', 1, answer('one'))), (error) => {
      assert.ok(error instanceof SpinupError && error.code === 'chatFailed')
      assert.equal(error.retryable, true)
      assert.match(error.message, /did not renew.*slack\/install/)
      return true
    })
    await rig.chat.show(channelOf(HOME_TEAM), card('c1', 1, answer('one')))
    assert.equal(slack.cards('ops', HOME_TEAM).length, 1)
  })

  it('one that took the app out and installed it anew is not forgotten when the former is told late', async () => {
    await open(false)
    await install(HOME_TEAM)
    await install(OTHER)
    await slack.people.uninstall(OTHER)
    await until(() => rig.logged.some((line) => line.includes('took Spinup out')))
    await install(OTHER)
    await slack.people.event({ type: 'app_uninstalled' }, { team: OTHER })
    await slack.people.event({ type: 'tokens_revoked', tokens: { oauth: [], bot: ['U0BOT'] } }, { team: OTHER })
    const asked = (): number => slack.calls.filter(({ method }) => method === 'auth.test').length
    const before = asked()
    await slack.people.type('status', { team: OTHER, user: 'eve' })
    await until(() => slack.cards('ops', OTHER).length === 1 && asked() >= before)
    await rig.chat.show(channelOf(OTHER), card('c1', 1, answer('for beta')))
    assert.match(said(slack.cards('ops', OTHER).at(-1)), /for beta/)
  })

  it('a workspace that takes the app out is forgotten, and posts to it are given up', async () => {
    await open(false)
    await install(HOME_TEAM)
    await install(OTHER)
    await slack.people.uninstall(OTHER)
    await until(() => rig.logged.some((line) => line.includes('took Spinup out')))
    await assert.rejects(rig.chat.show(channelOf(OTHER), card('c1', 1, answer('one'))), (error) => {
      assert.ok(error instanceof SpinupError && error.code === 'unauthorised')
      assert.equal(error.retryable, false)
      assert.match(error.message, /slack\/install/)
      return true
    })
    await rig.chat.show(channelOf(HOME_TEAM), card('c1', 1, answer('one')))
    assert.doesNotMatch(JSON.stringify(await dump(redis)), new RegExp(`slack:install:${OTHER}`))
  })

  it('somebody in a workspace without the app is told so', async () => {
    await open(false)
    await install(HOME_TEAM)
    await slack.people.type('status', { team: OTHER, user: 'eve' })
    await until(() => slack.channel('ops', OTHER).ephemerals.length === 1)
    assert.match(said(slack.channel('ops', OTHER).ephemerals[0]), /not installed/)
    assert.equal(rig.script.asked.commands.length, 0)
  })

  it('a workspace without the app can never be the first, and so at home', async () => {
    await open(false)
    await slack.people.type('status', { team: OTHER, user: 'eve' })
    await until(() => slack.channel('ops', OTHER).ephemerals.length === 1)
    await install(HOME_TEAM)
    await slack.people.type('status', { team: HOME_TEAM })
    await until(() => rig.script.asked.commands.length === 1)
    assert.equal(rig.script.asked.commands[0]?.asker.place.tenant, null)
  })

  it('a workspace that took the app out while the bot was down is forgotten at the next card', async () => {
    await open(false)
    await install(HOME_TEAM)
    slack.tokens.revokeTeam(HOME_TEAM)
    for (const says of [/revoked/, /not installed/]) {
      await assert.rejects(rig.chat.show(channelOf(HOME_TEAM), card('c1', 1, answer('one'))), says)
    }
  })

  it('a state that was not given to this browser installs nothing', async () => {
    await open(false)
    const page = await fetch(`${rig.url}/slack/install`, { redirect: 'manual' })
    const back = slack.oauth.approve(page.headers.get('location')!, HOME_TEAM)
    const stolen = await fetch(back)
    assert.equal(stolen.status, 400)
    assert.doesNotMatch(await stolen.text(), /<script|Error:/)
    assert.equal(slack.calls.filter(({ method }) => method === 'oauth.v2.access').length, 0)
  })

  it('tokens at rest are sealed, and none is ever logged', async () => {
    await open(true)
    await install(HOME_TEAM)
    slack.faults.add({ method: 'chat.postMessage', kind: 'down' })
    await rig.chat.show(channelOf(HOME_TEAM), card('c1', 1, answer('one'))).catch(() => undefined)
    const bad = new URL(`${rig.url}/slack/oauth_redirect?code=stolen-code&state=stolen-state`)
    await fetch(bad)
    slack.tokens.revokeTeam(HOME_TEAM)
    await rig.chat.show(channelOf(HOME_TEAM), card('c2', 1, answer('one'))).catch(() => undefined)
    await slack.people.type('status', { team: HOME_TEAM })
    await until(() => rig.logged.some((line) => line.includes('could not answer')))
    const secrets = /xoxb-|xapp-|xoxe|client-secret-of-spinup/
    assert.doesNotMatch(rig.logged.join('\n'), secrets)
    assert.doesNotMatch(JSON.stringify(await dump(redis)), secrets)
  })
})
