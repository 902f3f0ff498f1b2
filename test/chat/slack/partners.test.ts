import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { isPartner, originOf } from '../../../src/chat/slack/origin.ts'
import { startSlack, type FakeSlack } from '../../fakes/slack/slack.ts'
import { startTestRedis, type TestRedis } from '../../redis.ts'
import { until } from '../../wait.ts'
import { answer, said, startRig, type Rig } from './rig.ts'

const PARTNER = 'T0PARTNER1'
const BUTTONS = answer('Pool', { actions: [{ action: 'scale:4', label: 'Scale to 4', style: 'primary' }] })

describe('people of another company in a shared Slack channel', () => {
  let server: TestRedis
  let redis: Redis
  let slack: FakeSlack
  let rig: Rig
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
  })
  after(() => server.stop())
  afterEach(async () => {
    await rig.stop()
    await slack.close()
  })
  const open = async (partners: 'none' | 'read'): Promise<void> => {
    slack = await startSlack()
    rig = await startRig({ slack, redis, settings: { partners } })
    rig.script.answers = () => [BUTTONS]
  }

  const refusals = (): number =>
    [
      ...slack.channel('ops').ephemerals,
      ...slack.channel('ops').messages,
      ...slack.channel('ops').messages.flatMap(({ replies }) => replies),
    ].filter((message) => said(message).includes('you are of another one')).length

  it('are refused what they press and write, and told why', async () => {
    await open('none')
    await slack.people.type('status')
    const shown = await until(() => slack.cards('ops')[0])
    await slack.people.press(shown, 'Scale to 4', { home: PARTNER })
    await slack.people.mention('scale 4', { home: PARTNER })
    await until(() => refusals() >= 2)
    assert.equal(rig.script.asked.actions.length, 0)
    assert.equal(rig.script.asked.commands.length, 1, 'our own')
    await slack.people.press(shown, 'Scale to 4')
    await until(() => rig.script.asked.actions.length === 1)
  })

  it('may look where that is allowed, and are marked as those who change nothing', async () => {
    await open('read')
    await slack.people.mention('status', { home: PARTNER })
    await slack.people.mention('status')
    await until(() => rig.script.asked.commands.length === 2)
    assert.deepEqual(rig.script.asked.commands.map(({ asker }) => asker.readOnly).toSorted(), [true, undefined])
  })
})

describe('where something in Slack came from', () => {
  const partners: readonly (readonly [what: string, payload: object])[] = [
    ['a button', { team: { id: 'T1' }, user: { id: 'U1', team_id: 'T2' } }],
    ['a mention', { team_id: 'T1', authorizations: [{ team_id: 'T1' }], event: { user_team: 'T2', team: 'T1' } }],
    ['a mention, delivered for them', { team_id: 'T2', authorizations: [{ team_id: 'T1' }], event: { team: 'T2' } }],
    ['a form', { view: { app_installed_team_id: 'T1' }, team: { id: 'T2' }, user: { team_id: 'T2' } }],
    [
      'an organisation’s app',
      { is_enterprise_install: true, enterprise: { id: 'E1' }, team: { id: 'T1' }, user: { team_id: 'T2' } },
    ],
  ]
  const own: readonly (readonly [what: string, payload: object, team: string])[] = [
    ['a command', { team_id: 'T1', user_id: 'U1', enterprise_id: 'E1' }, 'T1'],
    ['a button', { team: { id: 'T1' }, user: { team_id: 'T1' } }, 'T1'],
    ['a person of the organisation', { team: { id: 'T1' }, enterprise: { id: 'E1' }, user: { team_id: 'E1' } }, 'T1'],
    [
      'an organisation’s app, by a command',
      { team_id: 'T1', enterprise_id: 'E1', is_enterprise_install: 'true' },
      'E1',
    ],
    [
      'an organisation’s app, by an event',
      {
        team_id: 'T1',
        authorizations: [{ team_id: null, enterprise_id: 'E1', is_enterprise_install: true }],
        event: { team: 'T1' },
      },
      'E1',
    ],
    [
      'an organisation’s app, at home',
      { team: null, enterprise: { id: 'E1' }, is_enterprise_install: true, user: { team_id: 'E1' } },
      'E1',
    ],
  ]

  it('is another company for every kind of payload', () => {
    for (const [what, payload] of partners) assert.equal(isPartner(originOf(payload), null), true, what)
  })

  it('is where the app is installed, and its people', () => {
    for (const [what, payload, team] of own) {
      assert.equal(originOf(payload).team, team, what)
      assert.equal(isPartner(originOf(payload), null), false, what)
    }
  })

  it('are known by their profile where a payload does not say whose they are', () => {
    const silent = [
      { team_id: 'T1', event: { type: 'app_home_opened', user: 'U9', tab: 'home' } },
      { team_id: 'T1', user_id: 'U9', command: '/spinup' },
      { team: { id: 'T1' }, user: { id: 'U9' }, type: 'block_actions' },
    ]
    for (const payload of silent) {
      const origin = originOf(payload)
      assert.equal(isPartner(origin, { team_id: 'T9' }), true)
      assert.equal(isPartner(origin, { team_id: 'T1' }), false)
      assert.equal(isPartner(origin, { team_id: 'T9', enterprise_user: { teams: ['T9', 'T1'] } }), false)
      assert.equal(isPartner(origin, null), false)
    }
  })

  it('is the same company for people of another workspace of it, as their profile tells', () => {
    const origin = originOf({ team: { id: 'T1' }, user: { team_id: 'T2' } })
    assert.equal(isPartner(origin, { enterprise_user: { enterprise_id: 'E1', teams: ['T2', 'T1'] } }), false)
    assert.equal(isPartner(origin, { enterprise_user: { enterprise_id: 'E9', teams: ['T2'] } }), true)
    assert.equal(isPartner(origin, {}), true)
  })
})
