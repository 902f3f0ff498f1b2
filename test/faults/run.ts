import { say } from '../scenarios/story.ts'
import { beginAudit } from './audit.ts'
import type { FaultCase, Group } from './case.ts'
import { groups } from './groups.ts'
import { bringTo, calm, copyFirst } from './moves.ts'
import { createStage, type Stage } from './stage.ts'
import { argumentsOf } from '../../src/cli/run-command.ts'

/** Stages are waiting most of the time, so a few share the machine. */
const LANES = 3
/** Of the bot's log, shown with `--log`. */
const LAST_LINES = 80

interface Plan {
  readonly all: number
  readonly log: boolean
}

/** A case that did not survive, and what was found. */
interface Failure {
  readonly name: string
  readonly wrong: readonly string[]
}

const HELP = `The fault matrix: each case breaks something while the real bot works against the stand-in for DigitalOcean, then looks
at everything there is. Exit status 1: some did not survive.

  npm run test:faults [-- --only WORDS --log]`

async function main(): Promise<void> {
  const options = { only: { type: 'string' }, log: { type: 'boolean', default: false } } as const
  const { values } = argumentsOf({ help: HELP, options })
  const wanted = (group: Group, one: FaultCase): boolean => nameOf(group, one).includes(values.only ?? '')
  const chosen = groups
    .map((group) => ({ ...group, cases: group.cases.filter((one) => wanted(group, one)) }))
    .filter((group) => group.cases.length > 0)
  const all = chosen.reduce((sum, group) => sum + group.cases.length, 0)
  const failures: Failure[] = []
  const queue = [...chosen]
  let done = 0
  const lane = async (): Promise<void> => {
    for (let group = queue.shift(); group !== undefined; group = queue.shift()) {
      await playAll(group, { all, log: values.log }, failures, () => ++done)
    }
  }
  await Promise.all(Array.from({ length: LANES }, () => lane()))
  if (failures.length > 0) console.log('\nnot survived:')
  for (const { name, wrong } of failures) console.log(`  ${name}: ${wrong.join('; ')}`)
  console.log(`faults survived: ${all - failures.length}/${all}`)
  process.exitCode = all > 0 && failures.length === 0 ? 0 : 1
}

function nameOf(group: Group, one: FaultCase): string {
  return `${group.name}: ${one.name}`
}

/** The cases of a group, one after the other on one stage; what a failed one leaves behind is no other's fault. */
async function playAll(group: Group, { all, log }: Plan, failures: Failure[], count: () => number): Promise<void> {
  let stage: Stage | null = null
  for (const one of group.cases) {
    const startedAt = performance.now()
    let wrong: readonly string[]
    try {
      stage ??= await prepare(group)
      wrong = await play(stage, one)
    } catch (error) {
      wrong = [error instanceof Error ? error.message : String(error)]
    }
    const took = `${((performance.now() - startedAt) / 1000).toFixed(1)} s`
    const lines = [`${wrong.length === 0 ? 'ok  ' : 'FAIL'} ${count()}/${all} ${nameOf(group, one)} (${took})`]
    lines.push(...wrong.map((line) => `       ${line}`))
    if (wrong.length > 0) {
      if (log && stage !== null) lines.push(...logOf(stage))
      failures.push({ name: nameOf(group, one), wrong })
      await stage?.clear()
      stage = null
    }
    console.log(lines.join('\n'))
  }
  await stage?.clear()
}

/** What the bots logged and changed at the stand-in, in order. */
function logOf(stage: Stage): readonly string[] {
  const logged = stage
    .bots()
    .flatMap(({ log }, index) => log.map((line) => ({ time: Number(line['time']), bot: index + 1, ...line })))
  const changed = stage.cloud.log.flatMap(({ at, method, path, requestBody, status, outcome }) =>
    method === 'GET' ? [] : [{ time: at, method, path, requestBody, status, outcome }],
  )
  return [...logged, ...changed]
    .toSorted((a, b) => a.time - b.time)
    .slice(-LAST_LINES)
    .map((line) => `       ${JSON.stringify(line)}`)
}

async function prepare(group: Group): Promise<Stage> {
  const stage = await createStage(group)
  try {
    if (group.cases[0]?.from === 'linked') return stage
    await copyFirst(stage)
    if (group.decides !== true) await say(stage.bot(), '/spinup pause')
    while (stage.bots().length < (group.bots ?? 1)) await stage.start()
    return stage
  } catch (error) {
    await stage.clear()
    throw error
  }
}

/** What went wrong. */
async function play(stage: Stage, one: FaultCase): Promise<readonly string[]> {
  if (one.from !== 'linked') await bringTo(stage, one.from, one.wish.copies === true)
  await stage.freshLimit()
  const audit = await beginAudit(stage)
  await one.run(stage)
  let stuck: string | null = null
  try {
    await calm(stage)
  } catch (error) {
    stuck = error instanceof Error ? error.message : String(error)
  }
  const idle = stage.disarm().filter((fault) => fault.hits() === 0)
  return [
    ...(stuck === null ? [] : [stuck]),
    ...idle.map(({ spec }) => `the fault ${spec.kind} never struck`),
    ...(await audit.finish(one.wish)),
  ]
}

await main()
