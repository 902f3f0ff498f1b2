import * as fc from 'fast-check'
import { startTestRedis } from '../redis.ts'
import { play } from './play.ts'
import { schedules } from './schedule.ts'
import { startGround, type Ground } from './stage.ts'
import type { Violation, Wrong } from './watch.ts'

/** What a worker is told, and what it tells of each batch. */
export interface Batch {
  readonly seed: number
  readonly runs: number
  readonly path?: string | undefined
}
export interface Result {
  readonly batch: Batch
  readonly played: number
  readonly wrong: readonly Wrong[]
  /** How to see it again, and the smallest schedule that shows it. */
  readonly failure: string | null
}

const server = await startTestRedis()
const grounds = await Promise.all(
  Array.from({ length: Number(process.argv[2] ?? 1) }, (_, database) => openGround(database)),
)
const idle = [...grounds]
process.on('message', (batch: Batch) => {
  const ground = idle.pop()!
  void check(batch, ground).then(
    (result) => {
      idle.push(ground)
      process.send!(result)
    },
    (error: unknown) => {
      throw error
    },
  )
})
process.on('disconnect', () => {
  void Promise.all([...grounds.map((ground) => ground.stop()), server.stop()]).then(() => process.exit(0))
})
process.send!('ready')

/** Each has a database of its own at the one server. */
async function openGround(database: number): Promise<Ground> {
  const redis = await server.connect()
  await redis.select(database)
  // A machine that is busy with other things is none of the faults that are looked for.
  redis.options.commandTimeout = 60_000
  return startGround(redis)
}

async function check(batch: Batch, ground: Ground): Promise<Result> {
  let played = 0
  let first: readonly Violation[] | null = null
  const property = fc.asyncProperty(schedules, async (schedule) => {
    // After a failure it is only looked for a smaller one.
    if (first === null) played += 1
    const violations = await play(ground, schedule).catch((error: unknown): readonly Violation[] => [
      { wrong: 'stuck', words: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    ])
    if (violations.length === 0) return
    first ??= violations
    throw new Error(violations.map(({ wrong, words }) => `${wrong}: ${words}`).join('; '))
  })
  const outcome = await fc.check(property, {
    seed: batch.seed,
    numRuns: batch.runs,
    ...(batch.path === undefined ? {} : { path: batch.path }),
    interruptAfterTimeLimit: 3_600_000,
    skipAllAfterTimeLimit: 3_600_000,
  })
  if (!outcome.failed) return { batch, played, wrong: [], failure: null }
  const all: readonly Violation[] = first ?? []
  const words = outcome.errorInstance instanceof Error ? outcome.errorInstance.message : 'unknown'
  return {
    batch,
    played,
    wrong: all.map(({ wrong }) => wrong),
    failure: [
      all.map(({ wrong, words: told }) => `${wrong}: ${told}`).join('; '),
      `smaller: ${words}`,
      `again: npm run test:schedules -- --seed ${batch.seed} --path ${outcome.counterexamplePath} --runs ${batch.runs}`,
      JSON.stringify(outcome.counterexample?.[0]),
    ].join('\n  '),
  }
}
