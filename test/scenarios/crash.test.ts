import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createSite, type BotProcess, type Site } from './bot-process.ts'
import { connect, say, settledAt } from './story.ts'

/** Kills the bot the moment it says that it is at `step`: the step is saved, its effect may or may not have been done. */
async function killAt(bot: BotProcess, step: string, begin: () => Promise<unknown>): Promise<void> {
  const reached = new Promise<void>((resolve) => {
    bot.onLog((line) => {
      if (line['msg'] === 'operation step' && line['step'] === step) resolve()
    })
  })
  // The first step of an operation is saved by the decision, not by the runner.
  if (step === 'create' || step === 'drain') await begin()
  else await Promise.all([begin(), reached])
  await bot.kill()
}

describe('a bot killed in the middle', () => {
  let site: Site
  let bot: BotProcess

  before(async () => {
    site = await createSite()
    bot = await site.start()
    await connect(site, bot)
    await say(bot, '/spinup policy max=3 mode=observe') // Only people act here.
  })
  after(() => site.clear())

  const droplets = async (): Promise<number> => site.cloud.state.droplets.size

  for (const step of ['create', 'boot', 'report', 'health', 'join', 'serve']) {
    it(`of a scale out, at ${step}, finishes it after the next start: one clone, no orphan`, async () => {
      await killAt(bot, step, () => say(bot, '/spinup up 1'))
      bot = await site.start()
      const view = await settledAt(bot, 2)
      assert.equal(await droplets(), 2, 'the origin and one clone')
      const clone = site.cloud.state.dropletsTagged('spinup').map((droplet) => droplet.name)
      assert.deepEqual(clone, [view.members[1]!.id])
      const page = await fetch(bot.balancerUrl)
      assert.equal(page.status, 200)
      await page.text()
      await say(bot, '/spinup down 1')
      await settledAt(bot, 1)
      assert.equal(await droplets(), 1)
    })
  }

  for (const step of ['drain', 'idle', 'detach', 'destroy']) {
    it(`of a scale in, at ${step}, finishes it after the next start, and the origin stays`, async () => {
      await say(bot, '/spinup up 1')
      await settledAt(bot, 2)
      await killAt(bot, step, () => say(bot, '/spinup down 1'))
      bot = await site.start()
      const view = await settledAt(bot, 1)
      assert.equal(view.members[0]!.role, 'origin')
      assert.equal(await droplets(), 1)
      const page = await fetch(bot.balancerUrl)
      assert.equal(page.status, 200)
      await page.text()
    })
  }
})
