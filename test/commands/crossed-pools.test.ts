import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { ChatHandlers } from '../../src/chat/chat.ts'
import { takesPool } from '../../src/chat/grammar.ts'
import { createHandlers } from '../../src/commands/dispatch/handlers.ts'
import { COMMANDS } from '../../src/commands/registry.ts'
import { cardOf } from '../../src/core/cards/cards.ts'
import { answer } from '../../src/core/model/answer.ts'
import type { Asker, Place } from '../../src/core/model/platforms.ts'
import { inPool } from '../../src/core/model/card-words.ts'
import { PLAIN_POOL } from '../../src/core/model/pool.ts'
import type { View } from '../../src/core/model/view.ts'
import { freeName, nameFrom } from '../../src/core/pool/pool-name.ts'
import { createCommandService } from '../../src/command-service.ts'
import { claimForAll } from '../../src/engine/connect/claims.ts'
import { connectPicked } from '../../src/engine/connect/linked.ts'
import { withPool } from '../../src/engine/session.ts'
import { poolsSeen } from '../../src/engine/reports/live.ts'
import { keys } from '../../src/store/keys.ts'
import { openState } from '../../src/store/state-version.ts'
import { HERE, startRig } from '../engine/rig.ts'
import { GRACE } from '../example-views.ts'
import { ada, exampleApproval, exampleEpisode, examplePool } from '../store/example-state.ts'
import { running } from '../running.ts'

const THERE: Place = { platform: 'slack', channel: 'T2/C1', tenant: 'slack:T2' }
const OURS: Asker = { actor: ada, place: HERE, roles: [] }
const THEIRS: Asker = { actor: GRACE, place: THERE, roles: [] }
const NOTHING = { commands: [], pools: [], members: [], stats: [] }

describe('pools that get in each other’s way', () => {
  const rig = running(startRig)
  let handlers: ChatHandlers
  beforeEach(async () => {
    await rig.reset()
    handlers = createHandlers(createCommandService(rig.services, { asked: async () => undefined }))
  })

  const say = (text: string, asker = OURS): Promise<readonly View[]> => handlers.command({ text, asker })
  const press = (action: string, asker = OURS): Promise<readonly View[]> => handlers.action({ action, asker })
  const head = (views: readonly View[]): string => views.map((view) => cardOf(view).headline).join(' | ')
  const droplet = (id: string, name: string): void => {
    const url = [...rig.yard.droplets.values()][0]!.url!
    const known = {
      status: 'active',
      url,
      tags: [],
      createdAt: 0,
      dollarsPerHour: 0.01,
      size: 's',
      region: 'r',
    } as const
    rig.yard.droplets.set(id, { ...known, id, name })
  }
  const connect = (
    id: string,
    asker = OURS,
    backend: string | null = null,
    name = [...rig.yard.droplets.values()].find((one) => one.id === id)!.name,
  ): Promise<{ readonly pool: string }> => {
    const balancerSettings = backend === null ? null : ({ kind: 'haproxy', address: 'unix:/h', backend } as const)
    const choice = { ...PLAIN_POOL, provider: 'yard', balancer: 'door', dollarsPerHour: 0.01, healthPath: '/health' }
    return connectPicked(rig.services, { ...choice, balancerSettings }, { id, name }, asker)
  }
  const outcomes = async (work: readonly Promise<{ readonly pool: string }>[]): Promise<readonly string[]> =>
    (await Promise.allSettled(work)).map((one) =>
      one.status === 'fulfilled' ? one.value.pool : String((one.reason as Error).message),
    )
  const names = async (tenant: string | null): Promise<readonly string[]> =>
    (await poolsSeen(rig.services, tenant)).map(({ pool }) => pool.name).toSorted()

  it('are named from their droplets by no word, count or time that a command reads', () => {
    const words = COMMANDS.filter(
      (command) => takesPool(command) || command.options?.some(({ name }) => name === 'pool'),
    )
      .concat(COMMANDS.filter(({ name }) => name === 'notify'))
      .flatMap(({ next, options = [] }) => [
        ...(next?.([], NOTHING) ?? []),
        ...options.flatMap(({ choices = [] }) => choices),
      ])
      .concat('all', 'off', '3', '50', '2h', '1h30m', '7d', '90m', '15')
      .filter((word) => /^[a-z0-9]+$/i.test(word))
    assert.ok(words.length > 40)
    for (const word of words) assert.equal(nameFrom(word), `pool-${word.toLowerCase()}`, word)
    for (const word of ['help', 'status', 'web-2', 'api2', '10-web', 'offline', 'web1'])
      assert.equal(nameFrom(word), word)
    for (const word of ['日本', '', '---', '🦓']) assert.equal(nameFrom(word), 'pool')
    assert.equal(nameFrom('Bücher & Söhne'), 'b-cher-s-hne')
    assert.match(nameFrom('x'.repeat(300)), /^x{40}$/)
  })

  it('a droplet called as a command, a member or a number is steered like any other', async () => {
    for (const [id, name] of Object.entries({ d20: 'help', d21: '3', d22: 'web-2', d23: 'off' })) {
      droplet(id, name)
      await connect(id)
    }
    assert.deepEqual(await names(null), ['help', 'pool-3', 'pool-off', 'web', 'web-2-b'])
    assert.match(head(await say('use help')), /uses help/)
    assert.match(head(await say('use off')), /no pool any more/)
    assert.match(head(await say('use 3')), /no pool called 3/)
    await rig.grow(1)
    await say('protect web-2 for 1h')
    assert.deepEqual(Object.keys((await rig.state()).protections), ['web-2'])
    assert.match(head(await say('status web-2-b')), /^web-2-b/)
    assert.equal(freeName('web', ['web-2']), 'web-b')
    assert.equal(freeName('web-1', ['web-2', 'webs-1', 'my-web']), 'web-1')
    assert.equal(freeName('api', ['api', 'api-b']), 'api-c')
  })

  it('connected at the same instant: a droplet is in one pool, and nothing is left of the other', async () => {
    droplet('d30', 'shop')
    const said = await outcomes([connect('d30'), connect('d30', THEIRS), connect('d30', THEIRS), connect('d30')])
    const [ours, theirs] = [await names(null), await names(THERE.tenant)]
    assert.equal(ours.includes('shop') ? theirs.length : ours.length - 1 + theirs.length, ours.includes('shop') ? 0 : 1)
    assert.equal((await rig.services.store.list()).length, 2, String(said))
    assert.equal(said.filter((one) => /in another team’s pool already/.test(one)).length, 2, String(said))
  })

  it('connected at the same instant: droplets of one name get pools of their own', async () => {
    for (const id of ['d40', 'd41', 'd42']) droplet(id, 'shop')
    const said = await outcomes([connect('d40'), connect('d41'), connect('d42')])
    assert.deepEqual(said.toSorted(), ['shop', 'shop-b', 'shop-c'])
    const droplets = (await poolsSeen(rig.services, null)).map(({ pool }) => pool.originDropletId)
    assert.deepEqual(new Set(droplets).size, 4)
  })

  it('connected at the same instant: a place at a balancer serves one pool', async () => {
    for (const id of ['d50', 'd51', 'd52']) droplet(id, `shop${id}`)
    const said = await outcomes(['d50', 'd51', 'd52'].map((id) => connect(id, OURS, 'app')))
    assert.equal(said.filter((one) => /could not distinguish the two/.test(one)).length, 2, String(said))
    assert.equal((await names(null)).length, 2)
    const refused = ['d50', 'd51', 'd52'].find((_, index) => /distinguish/.test(said[index]!))
    await connect(refused!, OURS, 'app-2')
    assert.equal((await names(null)).length, 3)
  })

  it('a place that is not chosen after all is free again, as are those of a pool that is gone', async () => {
    for (const id of ['d60', 'd61']) droplet(id, `shop-${id}`)
    await connect('d60', OURS, 'app')
    await assert.rejects(connect('d61', OURS, 'app'), /could not distinguish the two/)
    await connect('d60', OURS, 'other')
    await connect('d61', OURS, 'app')
    await rig.services.store.remove('shop-d60')
    droplet('d62', 'shop-d62')
    await connect('d62', THEIRS, 'other')
    assert.deepEqual(await names(THERE.tenant), ['shop-d62'])
  })

  it('a pool that is connected keeps its backend, whatever is picked for its droplet', async () => {
    for (const id of ['d65', 'd66', 'd67']) droplet(id, `shop-${id}`)
    await connect('d65', OURS, 'app')
    const { pool } = (await rig.services.store.load('shop-d65'))!
    const ready = { ...pool, phase: 'ready' } as const
    await withPool(rig.services, pool.id, 1000, async (session) => session.change({ pool: ready }))
    await assert.rejects(connect('d65', OURS, 'other'), /shop-d65 is connected already/)
    await assert.rejects(connect('d66', OURS, 'app'), /could not distinguish the two/)
    await connect('d67', OURS, 'other')
  })

  it('a bot that died between the two halves of connecting is gone on from', async () => {
    droplet('d70', 'shop')
    await rig.services.store.create(
      examplePool({ id: 'shop', name: 'shop', phase: 'connecting', provider: 'yard', originDropletId: 'd70' }),
    )
    assert.equal((await connect('d70')).pool, 'shop')
    assert.equal((await rig.services.store.load('shop'))?.onboarding?.step, 'agent')
  })

  it('stored by a version that kept no index and no claims are their team’s, and safe, from the start on', async () => {
    droplet('d80', 'shop')
    await connect('d80', THEIRS, 'app')
    await rig.redis.del(keys.claims, keys.poolsOf(''), keys.poolsOf(THERE.tenant!))
    assert.deepEqual(await names(null), [])
    await rig.redis.del(keys.stateVersion)
    await openState(rig.redis, '0.1.0')
    await claimForAll(rig.services)
    assert.deepEqual([await names(null), await names(THERE.tenant)], [['web'], ['shop']])
    await assert.rejects(connect('d80'), /in another team’s pool already/)
    droplet('d81', 'other')
    await assert.rejects(connect('d81', OURS, 'app'), /serves another team’s pool already/)
  })

  it('a button that was copied into another team’s channel does nothing there', async () => {
    await say('doctor')
    const card = (await rig.views('doctor')).at(-1)!
    const button = card.actions.find(({ action }) => action.startsWith('doctor:press'))!
    assert.match(head(await press(button.action, THEIRS)), /That check-up is over/)
    assert.equal((await rig.views('doctor')).at(-1)!.checks.at(-1)!.state, 'waiting')
    await rig.change({ approvals: { put: [exampleApproval('a1')] }, episodes: { put: [exampleEpisode('e1')] } })
    for (const action of ['approve:a1', 'deny:a1', 'ask:deny:a1', 'run:/spinup undo e1', 'run:/spinup pin 3']) {
      for (const one of [action, inPool(action, 'web')])
        assert.match(head(await press(one, THEIRS)), /no pool called web|No droplet is connected yet/, one)
    }
    const { approvals, episodes, pin } = await rig.state()
    assert.deepEqual([approvals[0], episodes[0], pin], [exampleApproval('a1'), exampleEpisode('e1'), null])
  })

  it('votes and undoes go by their id, whatever the channel uses and whatever was connected since', async () => {
    await rig.change({ approvals: { put: [exampleApproval('a1')] }, episodes: { put: [exampleEpisode('e1')] } })
    await rig.services.store.create(examplePool({ id: 'api', name: 'api' }))
    await say('use api')
    const form = await handlers.form({ action: 'ask:deny:a1', asker: OURS })
    assert.ok('fields' in form ? true : !/api/.test(head(form)), JSON.stringify(form))
    for (const line of ['run:/spinup undo e1', 'approve:a1', 'deny:a1'])
      assert.doesNotMatch(head(await press(line)), /Which pool|api/, line)
    assert.match(head(await say('approve api a1')), /no longer known/)
    await rig.services.store.remove('api')
    assert.match(head(await say('status')), /^web|web/)
    await say('use off')
    await rig.services.store.create(examplePool({ id: 'api', name: 'api' }))
    assert.match(head(await press('run:/spinup unpin')), /Which pool/)
  })

  it('words after an at sign in what was typed are no pool', async () => {
    const [view] = await say('pin 2 fro 1h cc @grace')
    for (const action of view !== undefined && 'actions' in view ? view.actions : [])
      assert.doesNotMatch(head(await press(action.action)), /no pool called/)
    await say('pin 2 for 1h cc @grace')
    assert.equal((await rig.state()).pin?.reason, 'cc @grace')
  })

  it('a card of a pool that is gone is shown to nobody, the console’s people included', async () => {
    await rig.services.store.create(examplePool({ id: 'zebra', name: 'zebra', tenant: THERE.tenant }))
    await rig.services.store.remove('zebra')
    await rig.services.notices.tell('zebra', 'late', answer('bad', 'zebra is odd', ''), rig.now())
    assert.equal((await rig.cards()).get('late'), undefined)
  })

  it('the history outlives a pool of whatever name', async () => {
    await say('pin 2 for 1h')
    for (const id of ['audit', 'pools', 'claims', 'web']) {
      await rig.services.store.create(examplePool({ id, name: id, tenant: THERE.tenant }))
      await rig.services.store.remove(id)
    }
    assert.equal((await rig.services.auditLog.newest(9, () => true)).length, 1)
    assert.deepEqual(await rig.services.store.list(), [])
  })
})
