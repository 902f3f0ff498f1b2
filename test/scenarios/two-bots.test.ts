import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { until } from '../wait.ts'
import { createSite, type BotProcess, type Site } from './bot-process.ts'
import { connect, say, settledAt, status } from './story.ts'

describe('two bots on one Redis', () => {
  let site: Site
  let one: BotProcess
  let two: BotProcess

  before(async () => {
    site = await createSite()
    one = await site.start()
    await connect(site, one)
    two = await site.start({ SPINUP_PORT: '0' })
  })
  after(() => site.clear())

  it('never act twice: a decision both could make is carried out once', async () => {
    // Both tick; the minimum makes each of them want two more at the same moment.
    await say(one, '/spinup policy min=3 max=5 scale-in-window=24h')
    await settledAt(two, 3)
    assert.equal(site.cloud.state.droplets.size, 3)
    assert.equal(site.cloud.state.dropletsTagged('spinup').length, 2)
    const episodes = (await one.client.after(0)).messages.filter(
      ({ kind, ...message }) =>
        kind === 'card' && 'card' in message && message.card.view.kind === 'episode' && message.card.view.to === 3,
    )
    assert.equal(episodes.length, 1, 'one scale event, one card')
  })

  it('take the first of many answers to one proposal, and tell the others who was first', async () => {
    await say(one, '/spinup policy min=1 mode=approve target=90% window=2s')
    await say(one, '/spinup policy target=5% tolerance=0% stat=memory')
    const open = await until(
      async () => {
        const { messages } = await one.client.after(0)
        for (const message of messages) {
          if (message.kind !== 'card' || message.card.view.kind !== 'proposal') continue
          if (message.card.view.state === 'open') return message.card.view
        }
        return null
      },
      { what: 'a proposal', timeoutMs: 60_000 },
    )
    const action = open.actions.find((candidate) => candidate.action.startsWith('approve:'))!.action
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? one : two).client.press(action)),
    )
    const told = answers.flatMap((answer) => answer.views).filter((view) => view.kind === 'answer')
    assert.equal(told.length, 19)
    assert.ok(told.every((view) => view.title === 'Already approved' && view.text.includes('Ada was first')))
    await say(one, '/spinup mode observe')
    await settledAt(one, open.to)
  })

  it('go on when one of them is killed', async () => {
    await one.kill()
    // However busy this machine is, it does not grow again.
    await say(two, '/spinup policy stat=cpu target=60% mode=auto min=1 max=2')
    await say(two, '/spinup scale 2')
    await settledAt(two, 2)
    assert.equal((await status(two)).mode, 'auto')
  })
})
