import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { ActionInput, CommandInput } from '../../../src/chat/chat.ts'
import { CONSOLE_CHANNEL, createConsoleChat, type ConsoleChat } from '../../../src/chat/console/chat.ts'
import { SpinupError } from '../../../src/core/model/error.ts'
import type { View } from '../../../src/core/model/view.ts'
import { createConsoleLog } from '../../../src/store/console-log.ts'
import { startTestRedis } from '../../redis.ts'
import { running } from '../../running.ts'

const ADA = { id: 'console:ada', name: 'Ada', platform: 'console' }

const ASKER = { actor: ADA, place: { platform: 'console', channel: CONSOLE_CHANNEL, tenant: null }, roles: [] }

describe('the console chat', () => {
  const redis = running(startTestRedis)
  let chat: ConsoleChat
  let commands: CommandInput[]
  let presses: ActionInput[]
  beforeEach(async () => {
    await redis.flush()
    commands = []
    presses = []
    chat = createConsoleChat({ log: createConsoleLog(await redis.connect()) })
    await chat.start({
      async command(input) {
        commands.push(input)
        if (input.text.includes('boom')) throw new SpinupError('providerFailed', 'The provider is down; try again.')
        return [answer(`you said ${input.text}`), answer('and that is all')]
      },
      async action(input) {
        presses.push(input)
        return [answer('pressed')]
      },
      form: async () => [],
      home: async () => [],
      complete: async (text) => [{ text: `${text}us`, hint: 'the pool now' }],
    })
  })

  it('shows the line of the person, then the answers, and hands the answers back', async () => {
    const views = await chat.post('  /spinup status ', ADA)
    assert.deepEqual(commands, [{ text: '/spinup status', asker: ASKER }])
    assert.equal(views.length, 2)
    assert.deepEqual(await shown(chat), ['Ada: /spinup status', 'you said /spinup status', 'and that is all'])
  })

  it('answers a failing command with an error card that says what to do', async () => {
    const [view] = await chat.post('/spinup boom', ADA)
    assert.ok(view?.kind === 'error')
    assert.equal(view.code, 'providerFailed')
    assert.deepEqual(await shown(chat), ['Ada: /spinup boom', 'The provider is down; try again.'])
  })

  it('hands a press to the handlers, but types the line of a run button', async () => {
    await chat.press('approve:p1', ADA)
    assert.deepEqual(presses, [{ action: 'approve:p1', asker: ASKER }])
    await chat.press('run:/spinup why @web', ADA)
    assert.deepEqual(presses[1], { action: 'run:/spinup why @web', asker: ASKER })
    assert.equal((await shown(chat))[1], 'Ada: /spinup why web')
  })

  it('shows a card once and edits it in place; an older revision changes nothing', async () => {
    await chat.show(CONSOLE_CHANNEL, { id: 'e1', revision: 1, at: 1, view: answer('working') })
    await chat.show(CONSOLE_CHANNEL, { id: 'e1', revision: 3, at: 2, view: answer('done') })
    await chat.show(CONSOLE_CHANNEL, { id: 'e1', revision: 2, at: 3, view: answer('nearly') })
    assert.deepEqual(await shown(chat), ['done'])
  })

  it('refuses an empty and an endless line without showing it', async () => {
    await assert.rejects(chat.post('   ', ADA), { code: 'badInput' })
    await assert.rejects(chat.post('x'.repeat(2001), ADA), { code: 'badInput', message: /2001 characters/ })
    assert.deepEqual(await shown(chat), [])
  })

  it('says that it is still starting before it is started and after it was stopped', async () => {
    await chat.stop()
    await assert.rejects(chat.post('/spinup status', ADA), { code: 'unavailable' })
    await assert.rejects(chat.complete('/spinup st'), { code: 'unavailable' })
  })

  it('passes completions on', async () => {
    assert.deepEqual(await chat.complete('/spinup stat'), [{ text: '/spinup status', hint: 'the pool now' }])
  })
})

async function shown(chat: ConsoleChat): Promise<readonly string[]> {
  const { messages } = await chat.after(0)
  return messages.map((message) => {
    if (message.kind === 'line') return `${message.actor.name}: ${message.text}`
    const { view } = message.card
    return view.kind === 'answer' ? view.title : view.kind === 'error' ? view.message : view.kind
  })
}

function answer(title: string): View {
  return { kind: 'answer', tone: 'info', title, text: '', fields: [], actions: [] }
}
