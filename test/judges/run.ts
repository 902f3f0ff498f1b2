import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { argumentsOf } from '../../src/cli/run-command.ts'

const HELP = `Two simulators that know nothing of this code play what pools meet, request by request and whole days, against
npm run decide. Prints their last lines; exit status 1 when a figure is over its limit. Skipped where they are not beside the
project.

  npm run test:judges`
const root = join(import.meta.dirname, '../..')
const folder = join(root, '../shared/judge')

argumentsOf({ help: HELP })

/** What a simulator's last line says is wrong; a line that has no such figures is wrong too. */
type Verdict = (last: string) => readonly string[]

const WILD_RATIO = 1.5
const FLUID_RATIO = 1.45
const FLUID_ABOVE = 1

const wild: Verdict = (last) => {
  const [, ratio, faults] = /score \/ best known ([\d.]+) .*faults: (\d+)/.exec(last) ?? []
  if (ratio === undefined) return ['no figures']
  return [
    ...(Number(ratio) > WILD_RATIO ? [`a ratio of ${ratio} (at most ${WILD_RATIO})`] : []),
    ...(Number(faults) > 0 ? [`${faults} faults (none are allowed)`] : []),
  ]
}

const fluid: Verdict = (last) => {
  const [, ratio, above, churn] =
    /score \/ clairvoyant ([\d.]+) .*best rival on: (.*?); undoes too much .* on: (.*)$/.exec(last) ?? []
  if (ratio === undefined || above === undefined || churn === undefined) return ['no figures']
  const worse = above === 'none' ? [] : above.split(', ')
  return [
    ...(Number(ratio) > FLUID_RATIO ? [`a ratio of ${ratio} (at most ${FLUID_RATIO})`] : []),
    ...(worse.length > FLUID_ABOVE ? [`worse than a rival on ${above} (at most ${FLUID_ABOVE})`] : []),
    ...(churn === 'none' ? [] : [`undoes too much on ${churn}`]),
  ]
}

/** Gives what was found wrong, having printed the last line; the whole table too where something is. */
async function judge(name: string, verdict: Verdict): Promise<readonly string[]> {
  const child = spawn(process.execPath, [join(folder, `${name}.mjs`), root], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  await once(child, 'close')
  const lines = said.trim().split('\n')
  const wrong = verdict(lines.at(-1) ?? '')
  console.log(
    `${name}: ${wrong.length === 0 ? lines.at(-1) : `${said.trim()}\n${name} is over its limits: ${wrong.join('; ')}`}`,
  )
  return wrong
}

if (existsSync(folder)) {
  const found = await Promise.all([judge('wild', wild), judge('fluid', fluid)])
  const count = found.flat().length
  if (count > 0) process.exitCode = 1
  console.log(`judges: ${found.length}, over a limit: ${count}`)
} else {
  console.log('skipped: the judges are not beside the project (../shared/judge)')
}
