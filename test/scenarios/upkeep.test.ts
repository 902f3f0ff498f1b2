import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { after, before, describe, it } from 'node:test'
import type { AlertView, AnswerView, EpisodeView, RefreshView, View } from '../../src/core/model/view.ts'
import { localDir } from '../../src/registry/folders.ts'
import { until } from '../wait.ts'
import { createSite, type BotProcess, type Site } from './bot-process.ts'
import { card, connect, say, settledAt, status } from './story.ts'
import { anyNumber } from '../permit.ts'

/** What the bot said, for a wait that fails. */
const said = (bot: BotProcess): string =>
  bot.log
    .slice(-20)
    .map((line) => JSON.stringify(line))
    .join('\n')

const isRefresh = (view: View): view is RefreshView => view.kind === 'refresh'
const isEpisode = (view: View): view is EpisodeView => view.kind === 'episode'
const isAlert = (view: View): view is AlertView => view.kind === 'alert' && view.state === 'active'
const isAnswer = (view: View): view is AnswerView => view.kind === 'answer'

/** Visitors that ask one after another until they are told to stop. */
function visit(url: string): { stop(): Promise<{ readonly asked: number; readonly failed: readonly string[] }> } {
  const leaving = new AbortController()
  let asked = 0
  const failed: string[] = []
  const visitor = async (): Promise<void> => {
    while (!leaving.signal.aborted) {
      asked++
      try {
        const page = await fetch(url, { signal: AbortSignal.timeout(10_000) })
        await page.text()
        if (!page.ok) failed.push(`status ${page.status}`)
      } catch (error) {
        failed.push(String(error instanceof Error ? (error.cause ?? error) : error))
      }
      await pause(20)
    }
  }
  const visitors = [visitor(), visitor(), visitor()]
  return {
    stop: async () => {
      leaving.abort()
      await Promise.all(visitors)
      return { asked, failed }
    },
  }
}

describe('a refresh under traffic', () => {
  let site: Site
  let bot: BotProcess

  before(async () => {
    site = await createSite()
    bot = await site.start()
    await connect(bot)
    await say(bot, '/spinup policy max=4 mode=observe') // Only people act here.
  })
  after(() => site.clear())

  /** The one that was begun at `since` or later. */
  const finished = (since: number): Promise<RefreshView> =>
    until(
      async () => {
        const view = await card(bot, isRefresh)
        return view !== null && view.startedAt >= since && view.stage !== 'working' && view
      },
      { what: 'the refresh to end', timeoutMs: 120_000 },
    )
  const started = async (): Promise<readonly string[]> =>
    (await status(bot)).members.filter((member) => member.role === 'clone').map((member) => member.id)

  it('loses no request: snapshot, then each clone anew, and the origin is back', async () => {
    await say(bot, '/spinup scale 3')
    await settledAt(bot, 3)
    const visitors = visit(bot.balancerUrl)
    const since = Date.now()
    await say(bot, '/spinup refresh')
    const view = await finished(since)
    const { asked, failed } = await visitors.stop()
    assert.equal(view.stage, 'done', view.note ?? '')
    assert.deepEqual(failed, [])
    assert.ok(asked > 50, String(asked))
    await settledAt(bot, 3)
    assert.deepEqual(await started(), ['web-4', 'web-5'])
    assert.equal((await site.cloud.list()).length, 3)
  })

  for (const step of ['drain', 'off', 'copy', 'start', 'health', 'boot', 'destroy']) {
    it(`killed at ${step}, goes on after the next start, and the origin is on`, async () => {
      const before = await started()
      const since = Date.now()
      const reached = new Promise<void>((resolve) => {
        bot.onLog((line) => {
          const at = line['msg'] === 'operation step' && line['step'] === step
          if (at) resolve()
        })
      })
      await say(bot, '/spinup refresh')
      // The first step is saved by the command, not by the runner.
      if (step !== 'drain') await reached
      await bot.kill()
      bot = await site.start()
      const view = await finished(since)
      assert.equal(view.stage, 'done', view.note ?? '')
      const settled = await settledAt(bot, 3)
      assert.equal(settled.members[0]!.role, 'origin')
      assert.ok((await started()).every((id) => !before.includes(id)))
      const droplets = await site.cloud.list()
      assert.equal(droplets.length, 3)
      assert.ok(droplets.every((droplet) => droplet.status === 'active'))
      assert.equal((await fetch(bot.balancerUrl)).status, 200)
    })
  }
})

describe('what people do by hand', () => {
  let site: Site
  let bot: BotProcess

  before(async () => {
    site = await createSite()
    bot = await site.start()
    await connect(bot)
    await say(bot, '/spinup policy min=3 max=3')
    await settledAt(bot, 3)
  })
  after(() => site.clear())

  const droplet = async (name: string) => (await site.cloud.list()).find((one) => one.name === name)

  it('a clone deleted while the bot was away is noticed at its start, and another takes its place', async () => {
    await bot.stop()
    await site.cloud.destroy((await droplet('web-2'))!.id)
    await until(async () => (await droplet('web-2')) === undefined, { what: 'web-2 to be gone' })
    bot = await site.start()
    const seen = await until(
      () => card(bot, (view): view is EpisodeView => isEpisode(view) && /deleted by hand/.test(view.reason)),
      { what: 'the card that tells', timeoutMs: 50_000 },
    ).catch((error: unknown) => {
      throw new Error(said(bot), { cause: error })
    })
    assert.match(seen.reason, /web-2/)
    const view = await settledAt(bot, 3)
    assert.deepEqual(
      view.members.map((member) => member.id),
      ['web-1', 'web-3', 'web-4'],
    )
  })

  it('a half-made clone goes at once, a droplet nobody knows is asked about, and removed by its button', async () => {
    await bot.stop()
    const [clone] = await site.cloud.list('spinup')
    const snapshotId = await golden()
    const make = (name: string, tags: readonly string[]): Promise<{ readonly id: string }> =>
      site.cloud.create({ name, snapshotId, operationTag: `own-${name}`, tags, userData: '' }, anyNumber)
    const pool = clone!.tags.filter((tag) => tag === 'spinup' || /^spinup-(pool|since):/.test(tag))
    assert.equal(pool.length, 3)
    await make('half', [...pool, 'spinup-op:nobody-knows'])
    const stranger = await make('stranger', pool)
    bot = await site.start()
    await until(async () => (await droplet('half')) === undefined, { what: 'the half-made one to go' }).catch(
      (error: unknown) => {
        throw new Error(said(bot), { cause: error })
      },
    )
    const alert = await until(() => card(bot, isAlert), { what: 'the question', timeoutMs: 60_000 })
    assert.match(alert.title, /I do not know the droplet stranger/)
    const told = await card(bot, (view): view is AnswerView => isAnswer(view) && /half-made/.test(view.title))
    assert.ok(told !== null)
    assert.ok(await droplet('stranger'), 'nothing is deleted unasked')
    const remove = alert.actions.find((action) => action.label === 'Remove')!
    assert.equal(remove.action, `run:/spinup remove ${stranger.id}`)
    await bot.client.press(remove.action)
    await until(async () => (await droplet('stranger')) === undefined, { what: 'the stranger to go' })
    await settledAt(bot, 3)
  })

  /** The snapshot the clones are made of: it is one of the local cloud's, by the name that the engine gave it. */
  async function golden(): Promise<string> {
    const state = JSON.parse(await readState()) as { readonly snapshots: readonly { readonly id: string }[] }
    return state.snapshots[0]!.id
  }
  const readState = (): Promise<string> => readFile(join(localDir(site), 'state.json'), 'utf8')
})
