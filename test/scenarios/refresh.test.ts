import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { after, before, describe, it } from 'node:test'
import type { RefreshView, View } from '../../src/core/model/view.ts'
import { until } from '../wait.ts'
import { createSite, type BotProcess, type Site } from './bot-process.ts'
import { card, connect, said, say, settledAt, status } from './story.ts'

const isRefresh = (view: View): view is RefreshView => view.kind === 'refresh'

/** Visitors that ask one after another until they are is stopping. */
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
    await connect(site, bot)
    await say(bot, '/spinup policy max=4 mode=observe') // Only people act here.
  })
  after(() => site.clear())

  /** Which refresh the channel shows; the bot's clock, which is Redis's, may be some ms behind this one. */
  const latest = async (): Promise<number> => (await card(bot, isRefresh))?.startedAt ?? 0
  /** The one after `earlier`. */
  const finished = (earlier: number): Promise<RefreshView> =>
    until(
      async () => {
        const view = await card(bot, isRefresh)
        if (view !== null && view.startedAt !== earlier && view.stage !== 'working') return view
        throw new Error(`${JSON.stringify(view)}\n${said(bot)}`)
      },
      { what: 'the refresh to end', timeoutMs: 120_000 },
    )
  const started = async (): Promise<readonly string[]> =>
    (await status(bot)).members.filter((member) => member.role === 'clone').map((member) => member.id)

  it('loses no request: snapshot, then each clone anew, and the origin is back', async () => {
    await say(bot, '/spinup scale 3')
    await settledAt(bot, 3)
    const visitors = visit(bot.balancerUrl)
    const earlier = await latest()
    await say(bot, '/spinup refresh')
    const view = await finished(earlier)
    const { asked, failed } = await visitors.stop()
    assert.equal(view.stage, 'done', view.note ?? '')
    assert.deepEqual(failed, [])
    assert.ok(asked > 50, String(asked))
    await settledAt(bot, 3)
    assert.deepEqual(await started(), ['web-4', 'web-5'])
    assert.equal(site.cloud.state.droplets.size, 3)
  })

  for (const step of ['drain', 'off', 'copy', 'start', 'health', 'boot', 'destroy']) {
    it(`killed at ${step}, goes on after the next start, and the origin is on`, async () => {
      const before = await started()
      const earlier = await latest()
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
      const view = await finished(earlier)
      assert.equal(view.stage, 'done', view.note ?? '')
      const settled = await settledAt(bot, 3)
      assert.equal(settled.members[0]!.role, 'origin')
      assert.ok((await started()).every((id) => !before.includes(id)))
      const droplets = [...site.cloud.state.droplets.values()]
      assert.equal(droplets.length, 3)
      assert.ok(droplets.every((droplet) => droplet.status === 'active'))
      assert.equal((await fetch(bot.balancerUrl)).status, 200)
    })
  }
})
