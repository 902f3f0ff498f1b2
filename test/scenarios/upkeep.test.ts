import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { AlertView, AnswerView, EpisodeView, View } from '../../src/core/model/view.ts'
import { until } from '../wait.ts'
import { createSite, type BotProcess, type Site } from './bot-process.ts'
import { card, connect, said, say, settledAt } from './story.ts'

const isEpisode = (view: View): view is EpisodeView => view.kind === 'episode'
const isAlert = (view: View): view is AlertView => view.kind === 'alert' && view.state === 'active'
const isAnswer = (view: View): view is AnswerView => view.kind === 'answer'

describe('what people do by hand', () => {
  let site: Site
  let bot: BotProcess

  before(async () => {
    site = await createSite()
    bot = await site.start()
    await connect(site, bot)
    await say(bot, '/spinup policy min=3 max=3')
    await settledAt(bot, 3)
  })
  after(() => site.clear())

  const droplet = (name: string) => [...site.cloud.state.droplets.values()].find((one) => one.name === name)

  it('a clone deleted while the bot was away is noticed at its start, and another takes its place', async () => {
    await bot.stop()
    site.cloud.state.deleteByHand(droplet('web-2')!.id)
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
    const [clone] = site.cloud.state.dropletsTagged('spinup')
    const image = [...site.cloud.state.images.values()].find(({ type }) => type === 'snapshot')!.id
    const make = async (name: string, tags: readonly string[]): Promise<number> => {
      const response = await fetch(`${site.cloud.url}/droplets`, {
        method: 'POST',
        headers: { authorization: `Bearer ${site.cloud.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name, image, region: 'nyc3', size: 's-1vcpu-1gb', tags }),
      })
      const { droplet: made } = (await response.json()) as { readonly droplet: { readonly id: number } }
      return made.id
    }
    const pool = clone!.tags.filter((tag) => tag === 'spinup' || /^spinup-(pool|since):/.test(tag))
    assert.equal(pool.length, 3)
    await make('half', [...pool, 'spinup-op:nobody-knows'])
    const stranger = await make('stranger', pool)
    bot = await site.start()
    await until(() => droplet('half') === undefined, { what: 'the half-made one to go' }).catch((error: unknown) => {
      throw new Error(said(bot), { cause: error })
    })
    const alert = await until(() => card(bot, isAlert), { what: 'the question', timeoutMs: 60_000 })
    assert.match(alert.title, /I do not know the droplet stranger/)
    await until(() => card(bot, (view): view is AnswerView => isAnswer(view) && /half-made/.test(view.title)), {
      what: 'the card of the half-made one',
    })
    assert.ok(droplet('stranger'), 'nothing is deleted unasked')
    const remove = alert.actions.find((action) => action.label === 'Remove')!
    assert.equal(remove.action, `run:/spinup remove ${stranger} @web`)
    await bot.client.press(remove.action)
    await until(() => droplet('stranger') === undefined, { what: 'the stranger to go' })
    await settledAt(bot, 3)
  })
})
