import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { startBot, type Bot } from '../../../src/bot.ts'
import { stopLeftovers } from '../../../src/cli/leftovers.ts'
import { absentChats } from '../../../src/chats.ts'
import { readConfig } from '../../../src/config/read-config.ts'
import { SpinupError } from '../../../src/core/model/error.ts'
import { createPlatforms } from '../../../src/core/model/platforms.ts'
import { CHATS } from '../../../src/registry/registry.ts'
import { startClock } from '../../../src/store/clock.ts'
import { connectRedis } from '../../../src/store/connection.ts'
import { createOutbox } from '../../../src/store/outbox.ts'
import { createPoolStore, type PoolStore } from '../../../src/store/pool-store.ts'
import { startRedisServer, type RedisServer } from '../../../src/store/redis-server.ts'
import { exampleViews } from '../../example-views.ts'
import { quiet } from '../../redis.ts'
import { examplePool } from '../../store/example-state.ts'
import { until } from '../../wait.ts'
import { createBoard, type Note } from './board.ts'
import { createToy } from './entry.ts'

describe('a chat platform that is a folder and a line', () => {
  const board = createBoard()
  const chats = [...CHATS, createToy(board)]
  let folder: string
  let server: RedisServer
  let redis: Redis
  let pools: PoolStore
  let bot: Bot
  const config = (env: Readonly<Record<string, string>>) =>
    readConfig({ SPINUP_DATA_DIR: folder, SPINUP_PORT: '0', SPINUP_BALANCER_PORT: '0', ...env }, chats)
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'spinup-toy-'))
    server = await startRedisServer({ dataDir: folder, log: quiet, detached: false })
    redis = connectRedis({ path: server.path }, { name: 'test', log: quiet })
    const clock = await startClock({ redis, log: quiet })
    pools = createPoolStore(redis, clock)
    clock.stop()
    bot = await startBot(config({ TOY_KEY: 'k' }), quiet, chats)
  })
  after(async () => {
    await bot.stop()
    redis.disconnect()
    await server.stop()
    await stopLeftovers(folder)
    await rm(folder, { recursive: true, force: true })
  })

  /** What a line written there is answered. */
  const ask = async (text: string, person = 'ada'): Promise<string> => {
    const before = board.notes('ops').length
    // The chats connect after the bot is up.
    await until(
      async () => {
        if (board.notes('ops').length === before) await board.write('ops', person, text)
        return board.notes('ops').length > before
      },
      { what: `“${text}” to be answered` },
    )
    return board
      .notes('ops')
      .slice(before)
      .map((note) => note.text)
      .join('\n')
  }
  const approvers = async (): Promise<readonly string[] | undefined> => (await pools.load('web'))?.pool.policy.approvers

  it('answers a command that is typed there', async () => {
    assert.match(await ask('/spinup help'), /Look +status/)
    assert.match(await ask('/spinup statsu'), /\/spinup status/)
  })

  it('gets cards through the outbox, edited in place, with their details below', async () => {
    const outbox = createOutbox(redis)
    const view = exampleViews(Date.now()).episode
    const cards = (): readonly Note[] => board.notes('pages').filter(({ mark }) => mark === 'e1 card')
    await outbox.put('toy:pages', 'e1', view, Date.now())
    await until(() => cards().length === 1 && board.notes('pages', `below-${cards()[0]!.id}`).length === 1)
    await outbox.put('toy:pages', 'e1', { ...view, to: 7 }, Date.now())
    const edited = await until(() => cards().find(({ text }) => text.includes('7')), { what: 'the edit' })
    assert.deepEqual([cards().length, edited.edits], [1, 1])
  })

  it('may be named in a policy by its mentions and ids, whose people alone change what is theirs', async () => {
    await pools.create(examplePool())
    assert.match(await ask('/spinup policy approvers=console:ada'), /toy:… \(a person or a team\)/)
    await ask('/spinup policy approvers=@{ada},Toy:OPSTEAM,slack:s0614TZR7')
    await until(async () => (await approvers())?.length === 3)
    assert.deepEqual(await approvers(), ['toy:ada', 'toy:opsteam', 'slack:S0614TZR7'])
    const refused = await ask('/spinup policy approvers=everyone', 'bob')
    assert.match(
      refused,
      /Only those who may answer proposals change approvers: toy:ada, toy:opsteam or slack:S0614TZR7/,
    )
    assert.equal((await approvers())?.length, 3)
    await ask('/spinup policy approvers=toy:ada', 'grace')
    assert.deepEqual(await approvers(), ['toy:ada'])
    assert.match(await ask('/spinup policy quorum=2'), /quorum 2 is more than the 1 vote of toy:ada/)
    await ask('/spinup policy approvers=everyone')
  })

  it('has its name in the history, and its people found there by a mention', async () => {
    assert.match(await ask('/spinup history of @{grace}'), /The Board/)
    assert.match(await ask('/spinup history of @{nobody}'), /Nothing of @\{nobody\} is kept/)
  })

  it('is named by the doctor, whether it is set up or not', async () => {
    await ask('/spinup doctor')
    await until(() => board.notes('ops').some(({ text }) => /The Board.*it hangs on the wall/.test(text)))
    assert.deepEqual(
      absentChats(config({}), chats).map(({ name, variable }) => `${name}: ${variable}`),
      ['Slack: SLACK_BOT_TOKEN', 'Discord: DISCORD_TOKEN', 'The Board: TOY_KEY'],
    )
  })

  it('has its part of the environment, and a wrong value in it is named with its variable', () => {
    assert.deepEqual(config({ TOY_KEY: 'k' }).chats, { toy: { key: 'k' } })
    assert.throws(
      () => config({ TOY_KEY: 'two words' }),
      (error: unknown) =>
        error instanceof SpinupError &&
        error.code === 'configuration' &&
        /TOY_KEY=…: it takes the key on the back of the board/.test(error.message),
    )
  })

  it('is nobody’s where the list does not have it', () => {
    assert.deepEqual(readConfig({ TOY_KEY: 'k' }).chats, {})
    assert.equal(createPlatforms(CHATS).read('toy:ada'), null)
  })
})
