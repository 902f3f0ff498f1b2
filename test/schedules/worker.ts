import fc from 'fast-check'
import { startTestRedis } from '../redis.ts'
import { play } from './play.ts'
import { schedules } from './schedule.ts'
import { startGround } from './stage.ts'
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

class Broken extends Error {
  readonly violations: readonly Violation[]
  constructor(violations: readonly Violation[]) {
    super(violations.map(({ wrong, words }) => `${wrong}: ${words}`).join('; '))
    this.violations = violations
  }
}

const server = await startTestRedis()
const ground = await startGround(await server.connect())
process.on('message', (batch: Batch) => {
  void check(batch).then(
    (result) => process.send!(result),
    (error: unknown) => {
      throw error
    },
  )
})
process.on('disconnect', () => {
  void Promise.all([ground.stop(), server.stop()]).then(() => process.exit(0))
})
process.send!('ready')

async function check(batch: Batch): Promise<Result> {
  let played = 0
  let first: readonly Violation[] = []
  const property = fc.asyncProperty(schedules, async (schedule) => {
    if (first.length === 0) played += 1
    const violations = await play(ground, schedule)
    if (violations.length === 0) return
    if (first.length === 0) first = violations
    throw new Broken(violations)
  })
  const outcome = await fc.check(property, {
    seed: batch.seed,
    numRuns: batch.runs,
    ...(batch.path === undefined ? {} : { path: batch.path }),
    interruptAfterTimeLimit: 3_600_000,
    skipAllAfterTimeLimit: 3_600_000,
  })
  if (!outcome.failed) return { batch, played, wrong: [], failure: null }
  const error = outcome.errorInstance
  const words = error instanceof Broken ? error.message : String(error instanceof Error ? error.stack : error)
  return {
    batch,
    played,
    wrong: first.length > 0 ? first.map(({ wrong }) => wrong) : ['stuck'],
    failure: [
      words,
      `again: npm run test:schedules -- --seed ${batch.seed} --path ${outcome.counterexamplePath} --runs ${batch.runs}`,
      JSON.stringify(outcome.counterexample?.[0]),
    ].join('\n  '),
  }
}
