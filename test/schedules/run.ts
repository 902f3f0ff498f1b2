import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Batch, Result } from './worker.ts'
import { argumentsOf } from '../../src/cli/run-command.ts'

/** Schedules between two words with a worker, at most. */
const BATCH = 20
/** So many a worker plays at the same time, each on a database of its own: most of each is waiting. */
const SIDE_BY_SIDE = 6

const HELP = `Random schedules of refusals, delays, lost answers, kills, clock steps and commands, against what the account at the
stand-in shows. Exit status 1: something must not be.

  npm run test:schedules [-- --runs N --seed S --path P --jobs J --side K]`

async function main(): Promise<void> {
  const { values } = argumentsOf({
    help: HELP,
    options: {
      runs: { type: 'string', default: '10000' },
      seed: { type: 'string' },
      path: { type: 'string' },
      jobs: { type: 'string', default: '2' },
      side: { type: 'string', default: String(SIDE_BY_SIDE) },
    },
  })
  const runs = Number(values.runs)
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
  console.log(`seed ${seed}`)
  const hands = Number(values.jobs) * Number(values.side)
  const queue = batches({ seed, runs, path: values.path }, Math.min(BATCH, Math.ceil(runs / hands)))
  const totals = { played: 0, over: 0, orphan: 0, origin: 0, stuck: 0 }
  const startedAt = performance.now()
  const note = ({ played, wrong, failure }: Result): void => {
    totals.played += played
    for (const one of new Set(wrong)) totals[one] += 1
    if (failure !== null) console.log(`\n${failure}`)
    else if (totals.played % 500 < played) {
      console.log(`${totals.played} after ${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
    }
  }
  await Promise.all(
    Array.from({ length: Math.min(Number(values.jobs), queue.length) }, () => lane(queue, Number(values.side), note)),
  )
  if (totals.stuck > 0) console.log(`not calm in the end: ${totals.stuck}`)
  console.log(
    `schedules: ${totals.played}, over the bound: ${totals.over}, orphans: ${totals.orphan}, origins touched: ${totals.origin}`,
  )
  process.exitCode = totals.over + totals.orphan + totals.origin + totals.stuck === 0 ? 0 : 1
}

function batches({ seed, runs, path }: Batch, size: number): Batch[] {
  if (path !== undefined) return [{ seed, runs, path }]
  return Array.from({ length: Math.ceil(runs / size) }, (_, index) => ({
    seed: seed + index,
    runs: Math.min(size, runs - index * size),
  }))
}

/** One worker, with a Redis of its own and `side` batches in hand, until nothing is left. */
async function lane(queue: Batch[], side: number, note: (result: Result) => void): Promise<void> {
  const worker: ChildProcess = fork(join(import.meta.dirname, 'worker.ts'), [String(side)])
  const ended = once(worker, 'exit').then(() => {
    throw new Error('a worker ended before its time')
  })
  ended.catch(() => undefined)
  await Promise.race([once(worker, 'message'), ended])
  let inHand = 0
  const give = (): void => {
    const batch = queue.shift()
    if (batch === undefined) return
    inHand += 1
    worker.send(batch)
  }
  const finished = new Promise<void>((resolve) => {
    worker.on('message', (result: Result) => {
      inHand -= 1
      note(result)
      give()
      if (inHand === 0) resolve()
    })
    for (let one = 0; one < side; one++) give()
    if (inHand === 0) resolve()
  })
  await Promise.race([finished, ended])
  worker.disconnect()
}

await main()
