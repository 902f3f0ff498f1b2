import { writeFile } from 'node:fs/promises'
import { calibrate } from '../simulate/calibrate.ts'
import { CLAIRVOYANT, contest, PRESENT, rival, spinup, type Contender, type Result } from '../simulate/contest.ts'
import { scaled } from '../simulate/demand.ts'
import { RIVALS } from '../simulate/rivals/rivals.ts'
import { replay } from '../simulate/score.ts'
import { verdict, type Bout, type Hardship } from '../simulate/verdict.ts'
import type { WorldSettings } from '../simulate/world.ts'
import { createProgress } from './progress.ts'
import { runCommand } from './run-command.ts'
import { createTrack, drawChart } from './simulate-chart.ts'
import { demandOf, standard } from './simulate-demand.ts'
import { HELP, readOptions, type SimulateOptions } from './simulate-options.ts'
import { claimsTable, heading, summary, table } from './simulate-table.ts'

await runCommand(HELP, async () => {
  const options = await readOptions(process.argv.slice(2))
  if (options.kind === 'help') console.log(HELP)
  else if (options.kind === 'calibrate') calibrateAll(options)
  else if (options.kind === 'all') replayAll(options)
  else await replayOne(options)
})

/** One demand: a table and a chart. */
async function replayOne(options: SimulateOptions): Promise<void> {
  const { world } = options
  const demand = demandOf(options)
  const everyone = contenders(options)
  const progress = createProgress(demand.seconds * (everyone.length + 1), process.stderr)
  const track = createTrack(demand, world.memberRps)
  const results = contest(demand, world, everyone, (contender, second) => {
    track.add(contender, second)
    progress.step(1)
  })
  progress.part(demand.name)
  progress.end()
  const file = options.chart ?? (process.stdout.isTTY && !options.json ? `simulate-${demand.name}.png` : null)
  if (file !== null) await writeFile(file, await drawChart(track.spec(results)))
  if (options.json) {
    console.log(
      JSON.stringify({ trace: demand.name, seconds: demand.seconds, world, results: told(results), chart: file }),
    )
    return
  }
  console.log(`${heading(demand, world)}\n\n${table(results)}`)
  if (file !== null) console.log(`\nThe chart: ${file}`)
}

/** The standard demands, the same in worse worlds, and whether all that has to be shown is. */
function replayAll(options: SimulateOptions): void {
  const { world } = options
  const { demands, missing } = standard(options.tenth)
  if (missing.length > 0) console.error(`Without ${missing.join(' and ')}, which are not there: the shapes only.`)
  const everyone = contenders(options)
  const worse = options.hard ? [] : worseWorlds(world)
  const seconds = demands.reduce((sum, demand) => sum + demand.seconds, 0)
  const progress = createProgress(seconds * (everyone.length + 1 + worse.length), process.stderr)
  const bouts: Bout[] = demands.map((demand) => {
    const results = contest(demand, world, everyone, () => progress.step(1))
    progress.part(demand.name)
    return { demand: demand.name, results }
  })
  const hardships: Hardship[] = worse.map(({ name, world, factor }) => {
    const { create } = spinup(options.policy)
    const scores = demands.map((demand) => {
      const harder = scaled(demand, factor)
      return replay(harder, create(harder, world), world, () => progress.step(1))
    })
    progress.part(name)
    return { name, scores }
  })
  progress.end()
  const claims = verdict(bouts, hardships, world.bootS[1])
  if (options.json) {
    const results = bouts.map((bout) => ({ trace: bout.demand, results: told(bout.results) }))
    console.log(JSON.stringify({ traces: results, missing, world, hardships, claims }))
    return
  }
  for (const [index, { results }] of bouts.entries()) {
    console.log(`${heading(demands[index]!, world)}\n\n${table(results)}\n`)
  }
  console.log(`${summary(bouts, hardships)}\n\n${claimsTable(claims)}`)
}

function worseWorlds(
  world: WorldSettings,
): readonly { readonly name: string; readonly world: WorldSettings; readonly factor: number }[] {
  return [
    { name: '30 % silent', world: { ...world, silentShare: 0.3 }, factor: 1 },
    { name: 'samples 15 s late', world: { ...world, lateS: 15 }, factor: 1 },
    { name: 'a tenth of the requests', world: { ...world, memberRps: world.memberRps / 10 }, factor: 0.1 },
  ]
}

function calibrateAll({ world, tenth, json }: SimulateOptions): void {
  const { demands, missing } = standard(tenth)
  if (missing.length > 0) console.error(`Without ${missing.join(' and ')}, which are not there: the shapes only.`)
  const count = RIVALS.reduce((sum, { settings }) => sum + settings.length, 0)
  const progress = createProgress(count, process.stderr)
  const found = RIVALS.map((one) => {
    const settings = calibrate(one, demands, world, () => progress.step(1))
    progress.part(one.name)
    return { key: one.key, name: one.name, settings }
  })
  progress.end()
  if (json) {
    console.log(JSON.stringify(found))
    return
  }
  for (const { key, name, settings } of found) {
    console.log(`${name} (${key})`)
    for (const { label, ratio } of settings.slice(0, 5)) console.log(`  ${ratio.toFixed(3)}  ${label}`)
  }
}

function contenders({ policy, policyName, against }: SimulateOptions): readonly Contender[] {
  return [spinup(policy, policyName ?? 'defaults'), ...against.map((key) => rival(key)), PRESENT, CLAIRVOYANT]
}

function told(results: readonly Result[]): readonly object[] {
  return results.map(({ contender, score, ratio }) => {
    const { key, name, setting, kind } = contender
    const { scaler: _, ...figures } = score
    return { key, name, setting, kind, ratio, ...figures }
  })
}
