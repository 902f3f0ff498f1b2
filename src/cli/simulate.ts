import { writeFile } from 'node:fs/promises'
import { calibrate, measuresOf, type Ground } from '../simulate/calibrate.ts'
import { bout, CLAIRVOYANT, contest, PRESENT, rival, spinup, type Contender } from '../simulate/contest.ts'
import { scaled } from '../simulate/demand.ts'
import { RIVALS } from '../simulate/rivals/rivals.ts'
import { verdict, type Bout, type Hardship } from '../simulate/verdict.ts'
import type { WorldSettings } from '../simulate/world/settings.ts'
import { createProgress } from './progress.ts'
import { runCommand } from './run-command.ts'
import { createTrack, drawChart } from './simulate-chart.ts'
import { demandOf, figures, replaySituations, situationsOf, standard } from './simulate-demand.ts'
import { claimsTable, daysTable, grid, heading, markdown, standing, table } from './simulate-table.ts'
import { HELP, OPTIONS, readOptions, type SimulateOptions } from './simulate-options.ts'

await runCommand({ help: HELP, options: OPTIONS }, async ({ values }) => {
  const options = await readOptions(values)
  if (options.kind === 'calibrate') calibrateAll(options)
  else if (options.kind === 'situations') replaySituations(options, contenders(options, 'requests'))
  else if (options.kind === 'all') replayAll(options)
  else await replayOne(options)
})

/** One demand: a table and a chart. */
async function replayOne(options: SimulateOptions): Promise<void> {
  const { world } = options
  const demand = demandOf(options)
  const everyone = contenders(options, world.kind)
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
    const outcome = { trace: demand.name, seconds: demand.seconds, world, results: results.map(figures), chart: file }
    console.log(JSON.stringify(outcome))
    return
  }
  console.log(`${heading(demand, world)}\n\n${table(results)}`)
  if (file !== null) console.log(`\nThe chart: ${file}`)
}

/** The standard demands, the same in worse worlds, and whether all that has to be shown is. */
function replayAll(options: SimulateOptions): void {
  const { world } = options
  const { demands, missing } = demandsOf(options)
  const everyone = contenders(options, world.kind)
  const worse = options.hard || options.markdown ? [] : worseWorlds(world)
  const seconds = demands.reduce((sum, demand) => sum + demand.seconds, 0)
  const progress = createProgress(seconds * (everyone.length + 1 + worse.length), process.stderr)
  const bouts: Bout[] = demands.map((demand) => {
    const results = contest(demand, world, everyone, () => progress.step(1))
    progress.part(demand.name)
    return { demand: demand.name, results }
  })
  const own = spinup(options.policy)
  const hardships: Hardship[] = worse.map(({ name, world, factor }) => {
    const scores = demands.map((demand) => bout(scaled(demand, factor), world, own, () => progress.step(1)))
    progress.part(name)
    return { name, scores }
  })
  progress.end()
  const claims = verdict(bouts, hardships, world.bootS[1])
  if (options.json) {
    const results = bouts.map((one) => ({ trace: one.demand, results: one.results.map(figures) }))
    console.log(JSON.stringify({ traces: results, missing, world, hardships, claims }))
    return
  }
  if (options.markdown) {
    console.log(markdown(daysTable(bouts)))
    return
  }
  for (const [index, { results }] of bouts.entries()) {
    console.log(`${heading(demands[index]!, world)}\n\n${table(results)}\n`)
  }
  console.log(`${grid([...daysTable(bouts), null, ...standing(bouts, hardships)])}\n\n${claimsTable(claims)}`)
}

function demandsOf({ trace, tenth }: SimulateOptions): ReturnType<typeof standard> {
  const found = standard(trace === 'all', tenth)
  if (found.missing.length > 0) console.error(`Without ${found.missing.join(' and ')}, which are not there.`)
  return found
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

function calibrateAll(options: SimulateOptions): void {
  const { world, json } = options
  const grounds: readonly Ground[] =
    options.situation === null ? demandsOf(options).demands.map((demand) => ({ demand, world })) : situationsOf(options)
  const measures = measuresOf(grounds)
  const count = RIVALS.reduce((sum, { settings }) => sum + settings.length, 0)
  const progress = createProgress(count, process.stderr)
  const found = RIVALS.map((one) => {
    const settings = calibrate(one, grounds, measures, () => progress.step(1))
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

function contenders(
  { policy, policyName, against }: SimulateOptions,
  kind: WorldSettings['kind'],
): readonly Contender[] {
  const present = kind === 'fluid' ? [PRESENT] : []
  return [spinup(policy, policyName ?? 'defaults'), ...against.map((key) => rival(key, kind)), ...present, CLAIRVOYANT]
}
