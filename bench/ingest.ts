import fastify, { type FastifyInstance } from 'fastify'
import { registerIngest } from '../src/ingest/ingest.ts'
import { createIdentities } from '../src/store/identities.ts'
import { quiet, startTestRedis } from '../test/redis.ts'
import { compare, line } from './measure.ts'

// How long a round of reports takes, one report of MEMBERS members each, through all of ingest (key, clock, ranges,
// ledger; the series store is left out); beside a route that parses the same bodies and keeps nothing.
// `node bench/run.ts ingest [MEMBERS] [SAMPLES]` (100 members and 10 samples in a report unless given).
const MEMBERS = Number(process.argv[2] ?? 100)
const SAMPLES = Number(process.argv[3] ?? 10)
const ROUNDS = 60

const body = (member: string, round: number): string => {
  const now = Date.now()
  const stats = { cpu: 0.31, memory: 0.62, load1: 0.4, psi: 0.02, queue_depth: 12, 'db.p95': 41.5 }
  return JSON.stringify({
    pool: 'p',
    member,
    boot: 'boot-aaaa',
    seq: round * SAMPLES,
    sentAt: now,
    periodMs: 1000,
    dropped: 0,
    version: '1.2.3',
    samples: Array.from({ length: SAMPLES }, (_, index) => ({ at: now - (SAMPLES - index) * 1000, stats })),
  })
}

async function post(app: FastifyInstance, url: string, key: string, payload: string): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
  const answer = await app.inject({ method: 'POST', url, headers, payload })
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${answer.body}`)
}

const server = await startTestRedis()
const app = fastify()
try {
  const identities = createIdentities(await server.connect({ name: 'bench' }))
  const names = Array.from({ length: MEMBERS }, (_, index) => `web-${index}`)
  const keys = await Promise.all(names.map((name) => identities.issue('p', name)))
  let turn = 0
  registerIngest(app, {
    samples: { append: async () => undefined },
    identities,
    now: Date.now,
    // Nobody is slowed down.
    elapsed: () => (turn += 1000),
    log: quiet,
  })
  app.post('/bare', async () => ({}))
  const all = (url: string, round: number): Promise<unknown> =>
    Promise.all(names.map((name, index) => post(app, url, keys[index] ?? '', body(name, round))))
  let sent = 0
  const taken = await compare(ROUNDS, {
    bare: (round) => all('/bare', round),
    ingest: () => all('/v1/samples', sent++),
  })
  line(`a round of ${MEMBERS} reports with ${SAMPLES} samples`, 'time', 'each')
  for (const [name, ms] of Object.entries(taken)) {
    line(name, `${ms.toFixed(1)} ms`, `${((ms / MEMBERS) * 1000).toFixed(0)} µs`)
  }
} finally {
  await app.close()
  await server.stop()
}
