import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { EpisodeView, View } from '../../src/core/model/view.ts'
import type { ArmedFault, FaultSpec } from '../../src/demo/cloud/api/faults.ts'
import type { DropletRecord } from '../../src/demo/cloud/api/records.ts'
import { balancerDir } from '../../src/balancers/builtin/folder.ts'
import { until } from '../wait.ts'
import { createSite, type BotProcess, type Site } from './bot-process.ts'
import { card, connect, say, settledAt, status } from './story.ts'

const REFUSED = { kind: 'refuse', status: 422, message: 'the snapshot is out of order' } as const
const isEpisode = (view: View): view is EpisodeView => view.kind === 'episode'

describe('answers that never come', () => {
  let site: Site
  let bot: BotProcess

  before(async () => {
    site = await createSite()
    bot = await site.start()
    await connect(site, bot)
    await say(bot, '/spinup policy max=3 mode=observe') // Only people act here.
  })
  after(() => site.clear())
  beforeEach(async () => {
    if ((await status(bot)).members.length > 1) await say(bot, '/spinup scale 1')
    await settledAt(bot, 1)
    assert.equal(site.cloud.state.droplets.size, 1)
  })

  const clones = (): readonly DropletRecord[] => site.cloud.state.dropletsTagged('spinup')
  /** Of the next creates. */
  const fault = (spec: Partial<FaultSpec> & Pick<FaultSpec, 'kind'>): ArmedFault =>
    site.cloud.faults.add({ match: { operation: 'droplets_create' }, ...spec } as FaultSpec)
  /** A page through the balancer. */
  const page = async (): Promise<number> => {
    const response = await fetch(bot.balancerUrl, { signal: AbortSignal.timeout(2000) })
    await response.text()
    return response.status
  }

  it('to a create: there is one clone in the end, and it reports with its own key', async () => {
    const lost = fault({ kind: 'loseAnswer' })
    await say(bot, '/spinup up 1')
    const view = await settledAt(bot, 2)
    const made = clones()
    assert.equal(made.length, 1, 'one droplet, though nobody heard of it')
    assert.equal(lost.hits(), 1, 'the answer was lost')
    const reporting = await until(
      async () => (await status(bot)).members.find((member) => member.role === 'clone' && member.load !== null) ?? null,
      { what: 'the clone’s samples' },
    )
    assert.deepEqual([reporting.id, made[0]!.name], [view.members[1]!.id, view.members[1]!.id])
    assert.equal(reporting.silent, false)
    const disk = join(site.cloud.machines.disk(made[0]!.id), 'agent.json')
    const identity = JSON.parse(await readFile(disk, 'utf8')) as { readonly member: string }
    assert.equal(identity.member, reporting.id)
  })

  it('to several creates at once: as many clones as were asked for', async () => {
    fault({ kind: 'loseAnswer', times: 2 })
    await say(bot, '/spinup up 2')
    await settledAt(bot, 3)
    assert.equal(clones().length, 2)
  })

  it('because a create failed once: it is tried again, and one clone comes', async () => {
    const broken = fault({ kind: 'serverError' })
    await say(bot, '/spinup up 1')
    await settledAt(bot, 2)
    assert.equal(clones().length, 1)
    assert.equal(broken.hits(), 1)
  })

  it('because creates go on failing: the card says why, nothing is left behind, and the next one works', async () => {
    fault({ ...REFUSED, times: Infinity })
    await say(bot, '/spinup up 1')
    const failed = await until(
      async () => {
        const episode = await card(bot, isEpisode)
        return episode?.direction === 'out' && episode.stage === 'failed' ? episode : null
      },
      { what: 'the episode to fail', timeoutMs: 60_000 },
    )
    assert.match(failed.members[0]!.detail!, /out of order/)
    await settledAt(bot, 1)
    assert.deepEqual(clones(), [])
    site.cloud.faults.clear()
    await say(bot, '/spinup up 1')
    const { members } = await settledAt(bot, 2)
    assert.notEqual(members[1]!.id, failed.members[0]!.id, 'no name is used twice')
    assert.equal(clones().length, 1)
  })

  it('from a droplet that is slow to boot: it is waited for', async () => {
    fault({ kind: 'slowAction', ms: 4000 })
    await say(bot, '/spinup up 1')
    await settledAt(bot, 2)
    assert.equal(clones().length, 1)
  })

  it('from a balancer that was killed: it is started again, with every member on it', async () => {
    await say(bot, '/spinup up 1')
    await settledAt(bot, 2)
    const file = join(balancerDir(site), 'running.json')
    const pid = async (): Promise<number> => (JSON.parse(await readFile(file, 'utf8')) as { pid: number }).pid
    const killed = await pid()
    process.kill(killed, 'SIGKILL')
    await until(async () => (await pid()) !== killed && (await page()) === 200, {
      what: 'the balancer to serve again',
      timeoutMs: 60_000,
    })
    const hooked = await until(
      async () => {
        const { members } = await status(bot)
        return members.length === 2 && members.every((member) => member.rps !== null) ? members : null
      },
      { what: 'both members on the balancer', timeoutMs: 60_000 },
    )
    assert.ok(hooked.every((member) => member.phase === 'inService'))
  })

  it('from a cloud that is unreachable in mid scale out: the next start finishes it, with one clone', async () => {
    const reached = new Promise<void>((resolve) => {
      bot.onLog((line) => {
        if (line['msg'] === 'operation step' && line['step'] === 'boot') resolve()
      })
    })
    fault({ kind: 'slowAction', ms: 2000 })
    await say(bot, '/spinup up 1')
    await reached
    site.cloud.faults.add({ kind: 'reset', times: Infinity })
    await until(() => bot.log.some((line) => line['msg'] === 'step failed' && line['step'] === 'boot'), {
      what: 'the bot to notice',
      timeoutMs: 60_000,
    })
    await bot.stop()
    site.cloud.faults.clear()
    bot = await site.start()
    const view = await settledAt(bot, 2)
    assert.deepEqual(
      clones().map((droplet) => droplet.name),
      [view.members[1]!.id],
    )
    await until(async () => (await page()) === 200, { what: 'the site to be served', timeoutMs: 60_000 })
  })
})
