import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { registerIngest } from '../../src/ingest/ingest.ts'
import type { Texts } from '../../src/core/model/report.ts'
import type { Entry } from '../../src/ingest/writer.ts'
import { createIdentities, type Identities } from '../../src/store/identities.ts'
import { quiet, type TestRedis } from '../redis.ts'

/** A bot that takes reports on a real port, and can go away and come back on the same one. */
export interface Bot {
  readonly url: string
  readonly identities: Identities
  /** What it has stored, in the order it was stored. */
  readonly entries: readonly Entry[]
  /** What programs reported in words, in the order it was counted. */
  readonly texts: readonly Texts[]
  /** How many of the coming answers get lost on their way, after the report was stored. */
  loseAnswers: number
  /** The number the next sample of a member is expected to have. */
  expected(poolId: string, memberId: string): Promise<number>
  goAway(): Promise<void>
  comeBack(): Promise<void>
  stop(): Promise<void>
}

export async function startBot(server: TestRedis): Promise<Bot> {
  const redis = await server.connect()
  const identities = createIdentities(redis)
  const entries: Entry[] = []
  const texts: Texts[] = []
  let app: FastifyInstance | null = null
  let port = 0
  let loseAnswers = 0

  async function comeBack(): Promise<void> {
    app = fastify({ forceCloseConnections: true })
    app.addHook('onSend', async (_request, reply) => {
      if (reply.statusCode !== 200 || loseAnswers === 0) return
      loseAnswers -= 1
      reply.raw.destroy()
    })
    registerIngest(app, {
      samples: { append: async (batch) => void entries.push(...batch) },
      identities,
      now: () => Date.now(),
      elapsed: () => performance.now(),
      countTexts: async (_poolId, _at, counted) => void texts.push(counted),
      log: quiet,
    })
    await app.listen({ host: '127.0.0.1', port })
    const address = app.server.address()
    if (typeof address === 'object' && address !== null) ({ port } = address)
  }
  async function goAway(): Promise<void> {
    await app?.close()
    app = null
  }

  await comeBack()
  return {
    url: `http://127.0.0.1:${port}`,
    identities,
    entries,
    texts,
    get loseAnswers() {
      return loseAnswers
    },
    set loseAnswers(value) {
      loseAnswers = value
    },
    expected: async (poolId, memberId) => Number(await redis.hget(`spinup:{${poolId}}:reports:${memberId}`, 'next')),
    goAway,
    comeBack,
    stop: goAway,
  }
}
