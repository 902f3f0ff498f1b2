import { parseArgs } from 'node:util'
import { say } from '../scenarios/story.ts'
import { beginAudit } from './audit.ts'
import type { FaultCase, Group } from './case.ts'
import { groups } from './groups.ts'
import { bringTo, calm, copyFirst, createStage, type Stage } from './stage.ts'

/**
 * The fault matrix: `npm run test:faults [-- --only WORDS]`. Each case breaks something while the real bot works against
 * the stand-in for DigitalOcean, then looks at everything there is. Exit status 1: some did not survive.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, log: { type: 'boolean', default: false } } })
  const chosen = groups.map((group) => ({
    ...group,
    cases: group.cases.filter(
      ({ name }) => values.only === undefined || `${group.name}: ${name}`.includes(values.only),
    ),
  }))
  const all = chosen.reduce((sum, group) => sum + group.cases.length, 0)
  const failed: string[] = []
  let done = 0
  for (const group of chosen) {
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
      done += 1
      const took = `${((performance.now() - startedAt) / 1000).toFixed(1)} s`
      const name = `${group.name}: ${one.name}`
      console.log(`${wrong.length === 0 ? 'ok  ' : 'FAIL'} ${done}/${all} ${name} (${took})`)
      for (const line of wrong) console.log(`       ${line}`)
      if (wrong.length === 0) continue
      failed.push(`${name}: ${wrong.join('; ')}`)
      if (values.log && stage !== null)
        for (const line of stage.bot().log.slice(-60)) console.log(`       ${JSON.stringify(line)}`)
      // What one case leaves behind is no other's fault.
      await stage?.clear()
      stage = null
    }
    await stage?.clear()
  }
  if (failed.length > 0) console.log(`\nnot survived:\n${failed.map((line) => `  ${line}`).join('\n')}`)
  console.log(`faults survived: ${all - failed.length}/${all}`)
  process.exitCode = failed.length === 0 ? 0 : 1
}

async function prepare(group: Group): Promise<Stage> {
  const stage = await createStage(group.env, group.max)
  try {
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
  await bringTo(stage, one.from, one.wish.copies === true)
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
