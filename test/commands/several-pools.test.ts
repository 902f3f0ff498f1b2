import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { ChatHandlers } from '../../src/chat/chat.ts'
import { takesPool } from '../../src/chat/grammar.ts'
import { createHandlers } from '../../src/commands/dispatch/handlers.ts'
import { COMMANDS } from '../../src/commands/registry.ts'
import { cardOf } from '../../src/core/cards/cards.ts'
import { monthOf } from '../../src/core/model/billing.ts'
import { inPool, lineIn, lineOf } from '../../src/core/model/card-words.ts'
import type { Asker, Place } from '../../src/core/model/platforms.ts'
import { PLAIN_POOL } from '../../src/core/model/pool.ts'
import type { BalancerSettings } from '../../src/core/model/backend.ts'
import type { View } from '../../src/core/model/view.ts'
import { connectPicked } from '../../src/engine/connect/linked.ts'
import { createCommandService } from '../../src/command-service.ts'
import { live, poolsSeen } from '../../src/engine/reports/live.ts'
import { withPool } from '../../src/engine/session.ts'
import { HERE, startRig } from '../engine/rig.ts'
import { GRACE } from '../example-views.ts'
import { ada, examplePool } from '../store/example-state.ts'
import { running } from '../running.ts'

const THERE: Place = { platform: 'slack', channel: 'T2/C1', tenant: 'slack:T2' }
const OURS: Asker = { actor: ada, place: HERE, roles: [] }
const THEIRS: Asker = { actor: GRACE, place: THERE, roles: [] }
const SECRET = /zebra|9\.99/

describe('a team with several pools, beside another team', () => {
  const rig = running(startRig)
  let handlers: ChatHandlers
  beforeEach(async () => {
    await rig.reset()
    const { store } = rig.services
    await store.create(examplePool({ id: 'api', name: 'api', createdAt: rig.now() + 1000 }))
    await store.create(examplePool({ id: 'zebra', name: 'zebra', tenant: THERE.tenant, dollarsPerHour: 9.99 }))
    handlers = createHandlers(createCommandService(rig.services, { asked: async () => undefined }))
  })

  const say = (text: string, asker = OURS): Promise<readonly View[]> => handlers.command({ text, asker })
  const press = (action: string, asker = OURS): Promise<readonly View[]> => handlers.action({ action, asker })
  const heads = (views: readonly View[]): readonly string[] => views.map((view) => cardOf(view).headline)
  const head = (views: readonly View[]): string => heads(views).join(' | ')
  const pinOf = async (id: string): Promise<number | null> => (await rig.services.store.load(id))?.pin?.count ?? null

  it('names a pool right after the command', async () => {
    await say('/spinup pin api 2 for 1h launch')
    assert.deepEqual([await pinOf('api'), await pinOf('web')], [2, null])
    assert.match(head(await say('unpin API')), /api/)
    assert.equal(await pinOf('api'), null)
    assert.match(head(await say('status api')), /^api: /)
    assert.match(head(await say('policy api')), /api/)
    assert.match(head(await say('history api')), /api/)
  })

  it('asks which is meant where none is named, changes nothing, and does it by a press', async () => {
    const [asked, ...more] = await say('/spinup pin 2 for 1h')
    assert.deepEqual(more, [])
    assert.ok(asked?.kind === 'answer')
    assert.equal(asked.title, 'Which pool?')
    assert.deepEqual([await pinOf('api'), await pinOf('web')], [null, null])
    assert.deepEqual(
      asked.actions.map(({ label }) => label),
      ['web', 'api'],
    )
    await press(asked.actions[1]!.action)
    assert.deepEqual([await pinOf('api'), await pinOf('web')], [2, null])
  })

  it('shows every pool where that is what a question without a name means', async () => {
    assert.deepEqual(
      heads(await say('status')).map((line) => line.split(':')[0]),
      ['web', 'api'],
    )
    assert.equal((await say('cost')).length, 2)
    assert.equal((await say('summary')).length, 2)
    const [pools] = await say('pools')
    assert.ok(pools?.kind === 'pools')
    assert.deepEqual(
      pools.pools.map(({ name }) => name),
      ['web', 'api'],
    )
  })

  it('shows all of them when asked for all, also where the channel uses one', async () => {
    await say('use api')
    for (const line of ['status of all pools', 'status both', 'cost of web and api', 'what do web and api cost?']) {
      assert.equal((await say(line)).length, 2, line)
    }
    assert.equal((await say('status of the web pool')).length, 1)
    await say('use off')
  })

  it('takes `of POOL` for the pool, wherever it stands in what only looks', async () => {
    for (const line of ['history last 2h of api', 'what is the status of the api pool?']) {
      const [view, ...more] = await say(line)
      assert.ok(view?.of?.name === 'api' && more.length === 0, line)
    }
  })

  it('uses one pool in a channel, and none after a while', async () => {
    await say('use api')
    await say('pin 2 for 1h')
    assert.deepEqual([await pinOf('api'), await pinOf('web')], [2, null])
    assert.equal(heads(await say('status')).length, 1)
    const other = { ...OURS, place: { ...HERE, platform: 'slack', channel: 'T1/C9' } }
    assert.match(head(await say('unpin', other)), /Which pool/)
    assert.match(head(await say('use')), /api/)
    await say('use off')
    assert.match(head(await say('unpin')), /Which pool/)
    assert.match(head(await say('use nosuch')), /no pool called nosuch.*web and api/)
  })

  it('takes no slip in a name, and no second pool, for a reason: nothing is changed', async () => {
    await say('use web')
    for (const line of [
      'pause apu for 30m',
      'pause web and api for 1h',
      'pause web, api for 1h',
      'pause all for 1h',
      'pin 3 for 1h on apu',
      'pin wbe 3 for 1h',
      'unpin apu',
    ]) {
      assert.match(head(await say(line)), /no pool called|One pool at a time|understand/, line)
      assert.deepEqual([await pinOf('api'), await pinOf('web')], [null, null], line)
      assert.equal((await rig.state()).pause, null, line)
    }
    await say('pause deploying for 30m')
    assert.equal((await rig.state()).pause?.reason, 'deploying')
  })

  it('names the pool in refusals and in what they advise', async () => {
    await say('use web')
    const [refused] = await say('up api 9')
    assert.ok(refused?.kind === 'error')
    assert.match(refused.message, /\/spinup policy api max=\d+/)
    assert.equal(lineIn('/spinup pin 2 for 1h web', 'web'), '/spinup pin web 2 for 1h web')
    assert.equal(lineIn('/spinup status', 'status'), '/spinup status status')
  })

  it('gives a link for one more pool only to those who may change every one there is', async () => {
    const approvers = { mode: 'approve', approvers: ['discord:8131'] } as const
    const { policy } = (await rig.state()).pool
    for (const id of ['web', 'api']) {
      const state = await rig.services.store.load(id)
      assert.ok(state)
      await withPool(rig.services, id, 0, async (session) =>
        session.change({ pool: { ...state.pool, policy: { ...policy, ...approvers } } }),
      )
    }
    const stranger = { ...OURS, actor: GRACE }
    for (const line of ['connect another', 'budget 50']) {
      assert.match(head(await say(line, stranger)), /may|approver|8131/i, line)
    }
    assert.equal(await rig.services.team.budget(null), null)
  })

  it('goes by the team’s clock in quiet hours, also with several pools', async () => {
    for (const id of ['web', 'api']) {
      const state = await rig.services.store.load(id)
      assert.ok(state)
      const policy = { ...state.pool.policy, timeZone: 'America/New_York' }
      await withPool(rig.services, id, 0, async (session) => session.change({ pool: { ...state.pool, policy } }))
    }
    const slack = { ...OURS, place: { ...HERE, platform: 'slack', channel: 'T1/C9' } }
    await say('notify quiet 22:00-07:00', slack)
    assert.equal((await rig.services.notices.change(slack.place, () => null))?.timeZone, 'America/New_York')
  })

  it('shows a channel what is left when its pool is gone, and counts what that cost', async () => {
    const slack = { ...OURS, place: { ...HERE, platform: 'slack', channel: 'T1/C9' } }
    await say('notify pools api', slack)
    const { pool } = (await rig.services.store.load('api'))!
    await rig.services.team.keepSpent(pool, monthOf(rig.now()), 42.5)
    await say('budget 100')
    await rig.services.notices.forgetPool(null, 'api')
    assert.deepEqual((await rig.services.notices.change(slack.place, () => null))?.pools, [])
    const [pools] = await say('pools')
    assert.match(JSON.stringify(cardOf(pools!)), /\$42\.50 of \$100/)
  })

  it('says in the list which pool is paused or pinned', async () => {
    await say('pause web for 1h')
    await say('pin api 2 for 1h')
    const [pools] = await say('pools')
    assert.match(JSON.stringify(cardOf(pools!)), /paused.*pinned at 2/s)
  })

  it('ends one by its name in any case, and offers the names', async () => {
    assert.deepEqual(await say('disconnect API'), [])
    assert.equal((await rig.services.store.load('api'))?.pool.phase, 'disconnecting')
    assert.equal((await rig.state()).pool.phase, 'ready')
  })

  it('takes `of` before a pool’s name for that pool, and before a member’s for the member', async () => {
    assert.match(head(await say('stats of api')), /^api/)
    assert.match(head(await say('history of api')), /^History of api/)
    assert.match(head(await say('cost of web')), /^web/)
    assert.match(head(await say('stats of web-1')), /^web:/)
  })

  it('shows one that is not ready as what it is, with a button that works', async () => {
    for (const phase of ['connecting', 'disconnecting'] as const) {
      await withPool(rig.services, 'api', 5000, async (session) => {
        session.change({ pool: { ...session.state().pool, phase } })
        return []
      })
      const [status] = await say('status api')
      assert.match(cardOf(status!).headline, new RegExp(phase))
      const [only, ...others] = status?.kind === 'status' ? status.actions : []
      assert.equal(others.length, 0)
      assert.match(only!.action, phase === 'connecting' ? /connect/ : /disconnect/)
    }
  })

  it('names the pool of each entry in a history of them all', async () => {
    await say('pin api 2 for 1h')
    await say('pin web 2 for 1h')
    await say('policy web max=7')
    for (const id of ['web', 'api']) await rig.services.store.remove(id)
    const [view] = await say('history')
    const lines = view?.kind === 'history' ? view.entries : []
    assert.deepEqual(
      lines.slice(0, 3).map(({ pool }) => pool),
      ['web', 'web', 'api'],
    )
    assert.ok(
      lines.every(({ outcome }) => !/^(policy|status|pools)$/.test(outcome)),
      JSON.stringify(lines),
    )
  })

  it('finds the pool of what a line names: a member of it', async () => {
    await rig.grow(1)
    await say('protect web-2 for 1h')
    assert.deepEqual(Object.keys((await rig.state()).protections), ['web-2'])
  })

  it('keeps what a button says, whatever the channel uses by then; one of a pool that is gone says so', async () => {
    await say('use web')
    const pinned = await say('pin api 2 for 1h')
    const unpin = pinned
      .flatMap((view) => ('actions' in view ? view.actions : []))
      .find(({ label }) => label === 'Unpin')
    assert.equal(lineOf(unpin!.action), '/spinup unpin api')
    await press(unpin!.action)
    assert.equal(await pinOf('api'), null)
    await rig.services.store.remove('api')
    assert.match(head(await press(unpin!.action)), /no pool called api/)
  })

  it('says so of a name that is nearly a pool’s, and of one that is none', async () => {
    const [view] = await say('/spinup status ap')
    assert.ok(view?.kind === 'error')
    assert.equal(view.suggestion, '/spinup status api')
    assert.match(head(await say('pin banana')), /banana/)
    assert.match(head(await press(inPool('run:/spinup status', 'nosuch'))), /no pool called nosuch/)
  })

  it('reads a word of the command that is a pool’s name too', async () => {
    await rig.services.store.create(examplePool({ id: 'cpu', name: 'cpu' }))
    await rig.run(3, 0.3)
    const [stats] = await say('stats web cpu')
    assert.ok(stats?.kind === 'stats' && stats.pool === 'web' && stats.stat === 'cpu')
    const [plain] = await say('why web')
    assert.notEqual(plain?.kind, 'error')
  })

  it('completes the names of the team’s own pools, and what stands after one', async () => {
    const texts = async (text: string, asker = OURS): Promise<readonly string[]> =>
      (await handlers.complete(text, asker)).map((one) => one.text)
    assert.deepEqual(await texts('/spinup pin a'), ['/spinup pin api'])
    assert.ok((await texts('/spinup pin api ')).includes('/spinup pin api 2'))
    assert.ok((await texts('/spinup use ')).includes('/spinup use web'))
    assert.deepEqual(await handlers.offers?.('pin', 'pool', '', OURS), ['web', 'api'])
    assert.deepEqual(await handlers.offers?.('pin', 'pool', '', THEIRS), ['zebra'])
    assert.deepEqual(await texts('/spinup status s'), [])
    await rig.grow(1)
    const members = (pool: string | null): Promise<readonly string[]> | undefined =>
      handlers.offers?.('protect', 'member', '', OURS, pool)
    assert.deepEqual(await members('api'), [])
    assert.ok((await members('web'))!.length > 1)
    assert.deepEqual(await members('zebra'), [], 'another team’s is no pool here')
  })

  it('connects another: a droplet is in one pool, and a balancer that cannot distinguish two serves one', async () => {
    const urls = [...rig.yard.droplets.values()].map(({ url }) => url)
    for (const id of ['d8', 'd9']) {
      const droplet = { id, name: 'web', status: 'active', url: urls[0]!, tags: [], createdAt: 0 } as const
      rig.yard.droplets.set(id, { ...droplet, dollarsPerHour: 0.01, size: 's', region: 'r' })
    }
    const backend = { kind: 'haproxy', address: 'tcp://10.0.0.2:9999', backend: 'app' } as const
    const choice = { ...PLAIN_POOL, provider: 'yard', balancer: 'door', dollarsPerHour: 0.01, healthPath: '/health' }
    const connect = (id: string, asker = OURS, balancerSettings: BalancerSettings | null = null): Promise<unknown> =>
      connectPicked(rig.services, { ...choice, balancerSettings }, { id, name: 'web' }, asker)
    assert.deepEqual(Object.entries((await connect('d8', OURS, backend)) as object)[0], ['pool', 'web-b'])
    await assert.rejects(connect('d9', OURS, backend), /backend of the balancer serves the pool web-b already/)
    await assert.rejects(connect('d8', THEIRS), /That droplet is in another team’s pool already/)
    await assert.rejects(connect('d9', THEIRS, backend), /serves another team’s pool/)
    assert.deepEqual(
      (await handlers.home(THEIRS)).map((view) => view.kind === 'status' && view.pool),
      ['zebra'],
    )
    assert.deepEqual(Object.entries((await connect('d9', THEIRS)) as object)[0], ['pool', 'web'])
    const theirs = await poolsSeen(rig.services, THERE.tenant)
    assert.deepEqual(theirs.map(({ pool }) => pool.name).toSorted(), ['web', 'zebra'])
    // The one that is half connected goes on, on its own card.
    assert.deepEqual(await say('connect'), [])
    assert.equal((await rig.views('connect')).at(-1)?.of?.name, 'web-b')
    assert.match(JSON.stringify(await say('connect another')), /link=for-new/)
    await rig.services.store.remove('web-b')
    assert.deepEqual(Object.entries((await connect('d8', OURS, backend)) as object)[0], ['pool', 'web-b'])
  })

  it('tells a channel of the pools it wants', async () => {
    const slack = { ...OURS, place: { platform: 'slack', channel: 'T1/C1', tenant: null } }
    assert.match(head(await say('notify pools zebra', slack)), /no pool called zebra/)
    const [set] = await say('notify pools api', slack)
    assert.ok(set?.kind === 'answer')
    assert.deepEqual(
      set.fields.find(({ name }) => name === 'Pools'),
      { name: 'Pools', value: 'api' },
    )
    await rig.services.notices.tell('web', 'of-web', alertView(), rig.now())
    await rig.services.notices.tell('api', 'of-api', alertView(), rig.now())
    const shown: string[] = []
    await rig.services.outbox.deliver('slack:T1/C1', async ({ id }) => void shown.push(id))
    assert.deepEqual(shown, ['of-api'])
    await say('notify pools all', slack)
    assert.match(JSON.stringify(await say('notify', slack)), /"Pools","value":"all"/)
  })

  it('shows a team without a pool buttons that do something', async () => {
    const nobody = { ...THEIRS, place: { ...THERE, tenant: 'slack:T3' } }
    for (const line of ['pools', 'status', 'connect', 'use', 'budget']) {
      for (const view of await say(line, nobody)) {
        for (const { action } of 'actions' in view ? view.actions : []) {
          assert.doesNotMatch(head(await press(action, nobody)), /older message/, `${line}: ${action}`)
        }
      }
    }
  })

  it('budgets over all pools, which each keeps', async () => {
    assert.match(head(await say('budget 300')), /300/)
    await rig.tick()
    assert.equal((await rig.state()).upkeep.team?.limit, 300)
    assert.match(head(await say('budget 1e9')), /not an amount/)
    await say('budget off')
    await rig.tick()
    assert.equal((await rig.state()).upkeep.team, null)
    assert.equal((await rig.services.store.load('zebra'))?.upkeep.team ?? null, null)
  })

  it('has cards name their pool, and their buttons carry it, but for those that are of none', async () => {
    await rig.services.notices.tell('api', 'x', alertView(), rig.now())
    const view = [...(await rig.cards()).values()].at(-1)!.view
    assert.equal(cardOf(view).headline, 'api: The balancer is unreachable')
    assert.ok(view.kind === 'alert')
    assert.deepEqual(
      view.actions.map(({ action }) => action),
      ['run:/spinup doctor', 'run:/spinup pause @api'],
    )
    for (const command of COMMANDS) {
      const action = `run:/spinup ${command.name}`
      const carries = takesPool(command) || command.pools === 'itsOwn'
      assert.equal(inPool(action, 'api') !== action, carries, command.name)
    }
  })

  it('shows one team nothing of another’s, by whatever way it asks', async () => {
    const lines = COMMANDS.map(({ name }) => name)
    assert.doesNotMatch(JSON.stringify(await Promise.all(lines.map((line) => say(line)))), SECRET)
    const views = [
      ...(await Promise.all(lines.map((line) => say(line)))),
      ...(await Promise.all(lines.map((line) => say(`${line} zebra`)))),
      ...(await Promise.all(lines.map((line) => press(inPool(`run:/spinup ${line}`, 'zebra'))))),
      ...(await Promise.all(['approve:a', 'ask:deny:a', 'ask:policy'].map((action) => press(inPool(action, 'zebra'))))),
    ].flat()
    // What was typed is repeated; what it means is not.
    const told = JSON.stringify(views).replaceAll(/[^"]*(no pool called|“)[^"]*zebra[^"]*/gi, '')
    assert.doesNotMatch(told, /9\.99|"zebra-|@zebra/)
    assert.doesNotMatch(JSON.stringify(await handlers.home(OURS)), SECRET)
    assert.deepEqual(
      (await handlers.home(THEIRS)).map((view) => view.kind === 'status' && view.pool),
      ['zebra'],
    )
    const states = await poolsSeen(rig.services, null)
    assert.doesNotMatch(JSON.stringify(await Promise.all(states.map((one) => live(rig.services, one, true)))), SECRET)
    assert.equal((await rig.services.store.load('zebra'))?.pin ?? null, null)
  })
})

function alertView(): View {
  return {
    kind: 'alert',
    tone: 'bad',
    title: 'The balancer is unreachable',
    text: 'It does not answer.',
    fix: null,
    facts: [],
    actions: [
      { action: 'run:/spinup doctor', label: 'Doctor', style: 'plain' },
      { action: 'run:/spinup pause', label: 'Pause', style: 'plain' },
    ],
    state: 'active',
    since: 0,
    resolvedAt: null,
  }
}
