import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { ConnectChoice } from '../../src/engine/connect/connect.ts'
import { relinkPool } from '../../src/engine/connect/linked.ts'
import type { ConnectView, View } from '../../src/core/model/view.ts'
import { judgeReach } from '../../src/core/model/reach.ts'
import { createArrivals } from '../../src/store/arrivals.ts'
import { createIdentities } from '../../src/store/identities.ts'
import { dump } from '../store/dump.ts'
import { startRig } from '../engine/rig.ts'
import { anyNumber } from '../permit.ts'
import { running } from '../running.ts'

describe('connect', () => {
  const rig = running(startRig)
  beforeEach(async () => {
    await rig.reset()
    await rig.redis.flushall()
    rig.door.backends.clear()
    rig.yard.after = () => undefined
  })
  const choose = (choice: ConnectChoice | null): Promise<readonly View[]> => rig.ask({ kind: 'connect', choice })
  const card = async (): Promise<ConnectView> => (await rig.views('connect')).at(-1)!
  const doing = async (): Promise<string> => (await card()).steps.find((step) => step.state === 'doing')!.label
  const refused = async (choice: ConnectChoice, says: RegExp): Promise<void> => {
    const before = await dump(rig.redis)
    await assert.rejects(choose(choice), says)
    assert.deepEqual(await dump(rig.redis), before)
  }
  const enrol = async (): Promise<void> => {
    await rig.pick('web')
    rig.pass(1000)
    await rig.report(0.1, 1, ['web-1'])
    await rig.tick()
  }

  it('gives a one-time link to the page where account, droplet and balancer are picked, and makes no pool yet', async () => {
    const [view] = await choose(null)
    assert.ok(view?.kind === 'answer' && view.private === true)
    assert.match(view.text, /http:\/\/bot\/connect\?link=for-new\n.*once, for 15 minutes.*no token here/)
    assert.deepEqual(await choose({ kind: 'account' }), [view])
    assert.deepEqual(await rig.views('connect'), [])
    assert.deepEqual(await rig.services.store.list(), [])
  })

  it('says before anything is picked that no droplet would reach the bot, and what to do', async () => {
    const { reach } = rig.services
    for (const [url, words] of [
      [
        'http://127.0.0.1:8080',
        /Before you do: http:\/\/127\.0\.0\.1:8080 is this machine’s own address.*docs\/production\.md/,
      ],
      ['http://203.0.113.5', /not encrypted.*Put HTTPS before the bot/],
      ['https://bot.lan', /bot\.lan is a name of your own network/],
    ] as const) {
      rig.services = { ...rig.services, reach: () => judgeReach(url, null, { addresses: null, here: false }) }
      const [view] = await choose(null)
      assert.match(view?.kind === 'answer' ? view.text : '', words)
    }
    rig.services = { ...rig.services, reach }
  })

  it('says how far the droplet has come, and what to look at when it takes too long', async () => {
    await rig.pick('web')
    const member = { poolId: 'web', memberId: 'web-1' }
    const arrivals = createArrivals(rig.redis)
    const shown = async (ms: number): Promise<readonly [detail: string | null, prompt: string | null]> => {
      rig.pass(ms)
      await rig.tick()
      const { steps, prompt } = await card()
      return [steps[2]!.detail, prompt]
    }
    const plain = 'Run this line on the droplet; I continue when its first sample arrives.'
    assert.deepEqual(await shown(60_000), ['waiting for its first sample', plain])
    const [, silent] = await shown(180_000)
    assert.match(silent ?? '', /Nothing has come from it yet.*`curl http:\/\/bot\/healthz`.*DNS.*firewall.*certificate/)

    await arrivals.note(member, 'fetched', rig.now())
    assert.deepEqual(await shown(1000), ['the line was run; waiting for its agent', plain])
    await arrivals.complain(member, 'this host has no Node 22.12\u202e\n  that the agent could use', rig.now())
    assert.match(
      (await shown(1000))[1] ?? '',
      /The droplet says: this host has no Node 22\.12 that the agent could use$/,
    )
    // Run again, and what was wrong before may be right.
    await arrivals.note(member, 'fetched', rig.now())
    assert.equal((await shown(1000))[1], plain)
    assert.match((await shown(120_000))[1] ?? '', /has not come to me since; `journalctl -u spinup-agent/)

    await arrivals.note(member, 'enrolled', rig.now())
    assert.deepEqual(await shown(1000), ['its agent has come; waiting for its first sample', plain])
    assert.match((await shown(60_000))[1] ?? '', /came to me once, but reports nothing/)
    await rig.report(0.1, 1, ['web-1'])
    await rig.tick()
    assert.equal(await doing(), 'Take a snapshot')
    assert.equal((await rig.state()).onboarding?.arrival, undefined)
  })

  it('forgets how far an earlier line came once there is another', async () => {
    await rig.pick('web')
    await createArrivals(rig.redis).note({ poolId: 'web', memberId: 'web-1' }, 'enrolled', rig.now())
    rig.pass(1000)
    await rig.tick()
    assert.match((await card()).steps[2]!.detail ?? '', /has come/)
    rig.pass(1000)
    await choose({ kind: 'install' })
    await rig.tick()
    assert.equal((await card()).steps[2]!.detail, 'waiting for its first sample')
  })

  it('links the account of a pool again, but not of one that has none', async () => {
    await rig.reset()
    await assert.rejects(choose({ kind: 'account' }), /needs no account/)
    await rig.change({ pool: { ...(await rig.state()).pool, account: 'account-1' } })
    const [view] = await choose(null)
    assert.ok(view?.kind === 'answer')
    assert.ok(view.actions.some(({ action }) => action === 'run:/spinup connect account @web'))
    const [answer] = await choose({ kind: 'account' })
    assert.ok(answer?.kind === 'answer' && answer.text.includes('link=for-web'))
  })

  it('takes another access to the account of a pool, but none of another cloud, which sees no token of it', async () => {
    await rig.reset()
    const { pool } = await rig.state()
    await rig.change({ pool: { ...pool, account: 'account-1' } })
    const asked: (string | null)[] = []
    const { provider } = rig.services
    rig.services = { ...rig.services, provider: (at) => (asked.push(at.account), provider(at)) }
    await assert.rejects(relinkPool(rig.services, 'web', 'account-2', 'another'), /is at another cloud/)
    assert.deepEqual([asked, (await rig.state()).pool.account], [[], 'account-1'])
    assert.deepEqual(await relinkPool(rig.services, 'web', 'account-2', pool.provider), { pool: 'web' })
    assert.deepEqual([(await rig.state()).pool.account, rig.forgotten], ['account-2', ['account-1']])
  })

  it('walks from the droplet to a pool that is watched, each step as it is seen to be done', async () => {
    await rig.pick('web')
    assert.equal(await doing(), 'Install the agent')
    assert.match((await card()).line!, /^install \S+/)
    await rig.tick()
    assert.equal(await doing(), 'Install the agent', 'no sample yet')
    rig.pass(1000)
    await rig.report(0.1, 1, ['web-1'])
    await rig.tick()
    assert.equal(await doing(), 'Take a snapshot')
    await choose({ kind: 'snapshot' })
    await rig.report(0.1, 1, ['web-1'])
    await rig.work()
    await rig.tick()
    const last = await card()
    assert.equal(last.title, 'Connected: web')
    assert.ok(last.steps.every((step) => step.state === 'done'))
    const { pool, members } = await rig.state()
    assert.equal(pool.phase, 'ready')
    assert.match(pool.snapshotId!, /^image-spinup-web-/)
    assert.deepEqual([members[0]?.phase, members[0]?.role], ['inService', 'origin'])
    assert.deepEqual(
      rig.yard.calls.map((call) => call.split(' ')[0]),
      ['power', 'snapshot', 'power'],
    )
    const [again] = await choose(null)
    assert.ok(again?.kind === 'answer' && again.title === 'web is connected')
  })

  it('takes the first snapshot live on request, tells the risk, and has the origin hooked on', async () => {
    await enrol()
    const asked = await card()
    assert.match(asked.prompt!, /Or take it live\. .*caught half-written/)
    assert.ok(asked.actions.some(({ action }) => action === 'run:/spinup connect snapshot live @web'))
    await choose({ kind: 'snapshot', live: true })
    await rig.work()
    await rig.tick()
    assert.equal((await card()).title, 'Connected: web')
    assert.deepEqual(
      rig.yard.calls.map((call) => call.split(' ')[0]),
      ['snapshot'],
    )
    await rig.run(3, 0.1)
    const { pool, members } = await rig.state()
    assert.deepEqual([pool.phase, members[0]?.phase], ['ready', 'inService'])
    assert.ok(rig.door.backends.has(members[0]!.url!), 'visitors reach it')
  })

  it('refuses what is not there or not yet its turn', async () => {
    await assert.rejects(rig.pick('nothing'), /nothing is no longer in the account/)
    assert.deepEqual(await rig.services.store.list(), [])
    await rig.pick('web')
    await refused({ kind: 'snapshot' }, /not the current step \(agent\)/)
  })

  it('gives a new line when the one on the card may have lapsed, and the earlier one enrols nobody', async () => {
    await rig.pick('web')
    const seen: string[] = []
    for (const choice of [null, { kind: 'restart' }, { kind: 'install' }] as const) {
      seen.push((await card()).line!)
      assert.deepEqual(await choose(choice), [])
    }
    const line = (await card()).line!
    assert.equal(new Set([...seen, line]).size, 4)
    const identities = createIdentities(rig.redis)
    for (const old of seen) assert.equal(await identities.isOpen(old.split(' ').at(-1)!), false)
    assert.equal(await identities.isOpen(line.split(' ').at(-1)!), true)
  })

  it('gives a line for the agent of a pool that is connected', async () => {
    await rig.reset()
    const [told] = await choose({ kind: 'install' })
    assert.ok(told?.kind === 'connect')
    const key = told.line!.split(' ').at(-1)!
    assert.deepEqual((await createIdentities(rig.redis).enrol(key))?.memberId, 'web-1')
    assert.match(told.prompt!, /up to date \(1\.2\.0\).*\/spinup refresh/)
  })

  it('refuses a clone as the origin, and takes a second droplet as another pool', async () => {
    await rig.yard.create(
      { name: 'web-7', snapshotId: 's', operationTag: 'o', tags: ['spinup'], userData: '' },
      anyNumber,
    )
    await rig.yard.create({ name: 'blog', snapshotId: 's', operationTag: 'p', tags: [], userData: '' }, anyNumber)
    await assert.rejects(rig.pick('web-7'), /is a clone of mine/)
    await rig.pick('web')
    await rig.pick('blog')
    assert.deepEqual(await rig.services.store.list(), ['blog', 'web'])
  })

  it('lets a failed snapshot be tried again, with the origin back on', async () => {
    await enrol()
    rig.yard.snapshot = async () => {
      throw new Error('no space left')
    }
    await choose({ kind: 'snapshot' })
    await refused({ kind: 'snapshot' }, /done already/)
    const working = rig.work()
    await rig.report(0.1, 1, ['web-1'])
    await working
    await rig.tick()
    const failed = await card()
    assert.match(failed.prompt!, /no space left.*you can try again/s)
    assert.equal(failed.steps[3]?.state, 'failed')
    assert.equal((await rig.yard.get('d1'))?.status, 'active')
    assert.equal((await rig.state()).pool.phase, 'connecting')
    rig.yard.snapshot = async (id) => ({ id: `image-of-${id}`, complete: true, progress: 1 })
    await choose({ kind: 'snapshot' })
    await rig.report(0.1, 1, ['web-1'])
    await rig.work()
    await rig.tick()
    assert.equal((await rig.state()).pool.snapshotId, 'image-of-d1')
  })
})
