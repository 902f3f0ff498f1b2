import { gzipSync } from 'node:zlib'
import fastify from 'fastify'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { registerIngest } from '../../src/ingest/ingest.ts'
import type { Entry } from '../../src/ingest/writer.ts'
import { createIdentities, type Identities } from '../../src/store/identities.ts'
import type { ReportBody, Texts } from '../../src/core/model/report.ts'
import { quiet, startTestRedis, type TestRedis } from '../redis.ts'

/** Remembers what was appended; fails on demand. */
export interface Recorder {
  readonly entries: Entry[]
  readonly batches: number[]
  mode: 'works' | 'fails'
  append(batch: readonly Entry[]): Promise<void>
}

export function createRecorder(): Recorder {
  const recorder: Recorder = {
    entries: [],
    batches: [],
    mode: 'works',
    async append(batch) {
      if (recorder.mode === 'fails') throw new Error('the disk is full')
      recorder.entries.push(...batch)
      recorder.batches.push(batch.length)
    },
  }
  return recorder
}

/** A real ingest on a real Redis, with a recorder for a series store and a clock that is set by hand. */
export interface Bench {
  readonly server: TestRedis
  readonly identities: Identities
  readonly recorder: Recorder
  /** Both set by hand; rates go by `elapsed`. */
  readonly clock: { now: number; elapsed: number }
  /** Stats of every pool that may be below zero. */
  readonly signed: string[]
  readonly seen: string[]
  /** What was counted. */
  readonly texts: { readonly poolId: string; readonly texts: Texts }[]
  /** Another bot over the same Redis and store; closed by `stop`. */
  bot(): Promise<FastifyInstance>
  stop(): Promise<void>
}

export async function createBench(): Promise<Bench> {
  const server = await startTestRedis()
  const recorder = createRecorder()
  const clock = { now: 1_700_000_000_000, elapsed: 0 }
  const signed: string[] = []
  const seen: string[] = []
  const texts: { poolId: string; texts: Texts }[] = []
  const bots: FastifyInstance[] = []
  return {
    server,
    identities: createIdentities(await server.connect()),
    recorder,
    clock,
    signed,
    seen,
    texts,
    async bot() {
      const app = fastify()
      registerIngest(app, {
        samples: recorder,
        identities: createIdentities(await server.connect()),
        now: () => clock.now,
        elapsed: () => clock.elapsed,
        signedStats: async () => signed,
        log: quiet,
        countTexts: async (poolId, _at, counted) => void texts.push({ poolId, texts: counted }),
        onSample: (poolId, sample) => seen.push(`${poolId}/${sample.memberId}@${sample.at}`),
      })
      await app.ready()
      bots.push(app)
      return app
    },
    async stop() {
      for (const app of bots) await app.close()
      await server.stop()
    },
  }
}

/** Sends a body as an agent would. */
export function send(
  app: FastifyInstance,
  key: string | null,
  body: unknown,
  options: { readonly gzip?: boolean; readonly raw?: Buffer; readonly headers?: Record<string, string> } = {},
): Promise<LightMyRequestResponse> {
  const plain = options.raw ?? Buffer.from(JSON.stringify(body))
  return app.inject({
    method: 'POST',
    url: '/v1/samples',
    headers: {
      'content-type': 'application/json',
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(options.gzip === true ? { 'content-encoding': 'gzip' } : {}),
      ...options.headers,
    },
    payload: options.gzip === true && options.raw === undefined ? gzipSync(plain) : plain,
  })
}

/** A report of two samples, sent at `now`. */
export function reportAt(now: number, fields: Partial<ReportBody> = {}): ReportBody {
  return {
    pool: 'p',
    member: 'web-1',
    boot: 'boot-aaaa',
    seq: 0,
    sentAt: now,
    periodMs: 1_000,
    dropped: 0,
    samples: [
      { at: now - 1_000, stats: { cpu: 0.5 } },
      { at: now, stats: { cpu: 0.75, queue: 3 } },
    ],
    ...fields,
  }
}
