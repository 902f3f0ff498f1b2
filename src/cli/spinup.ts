import { nearest } from '../core/model/nearest.ts'
import { VERSION } from '../places.ts'
import { COMPLETION_HELP, COMPLETIONS, completion } from './completion.ts'
import { callIt, inItsWords } from './run-command.ts'

/** Each is loaded when it is called, and reads its own words and options. */
const VERBS: Readonly<Record<string, readonly [summary: string, load: () => Promise<unknown>]>> = {
  demo: ['the whole product on this machine, without an account', () => import('./demo.ts')],
  init: ['asks what it needs to know, tries it, and writes .env', () => import('./init.ts')],
  start: ['the bot, its web console and the built-in balancer', () => import('../main.ts')],
  stop: ['ends what a bot has left running here: balancer, Redis', () => import('./stop.ts')],
  doctor: ['what does not work, and one fix for each', () => import('./doctor.ts')],
  chat: ['types into the running bot from a terminal', () => import('./chat.ts')],
  people: ['who may sign in to the console', () => import('./people.ts')],
  policy: ['a pool’s policy as a file: pull, diff, push', () => import('./policy.ts')],
  visual: ['a team’s visualisations as files: push, pull, list', () => import('./visual.ts')],
  audit: ['who did what: export it, verify it', () => import('./audit.ts')],
  backup: ['everything it keeps, in one sealed file', () => import('./backup.ts')],
  restore: ['puts a backup back', () => import('./restore.ts')],
  simulate: ['other rules over a day of traffic, before they cost anything', () => import('./simulate.ts')],
  decide: ['judges what it reads, line by line', () => import('./decide.ts')],
  manifest: ['the manifest for the Slack app', () => import('./manifest.ts')],
}

const HELP = `Spinup, a chat-ops autoscaler for small teams.

  spinup VERB [--help]

${Object.entries(VERBS)
  .map(([verb, [summary]]) => `  ${verb.padEnd(12)}${summary}`)
  .join('\n')}
  completion  for your shell: spinup completion ${COMPLETIONS.join('|')}

  --version   its version
  --help      this; after a verb, what that takes`

const [verb = '--help', ...words] = process.argv.slice(2)
const [, load = null] = Object.hasOwn(VERBS, verb) ? VERBS[verb]! : []
if (load !== null) {
  process.argv.splice(2, 1)
  callIt('spinup')
  await load()
} else if (['--help', '-h', 'help'].includes(verb)) {
  console.log(HELP)
} else if (['--version', '-v', '-V'].includes(verb)) {
  console.log(VERSION)
} else if (verb === 'completion' && words.some((word) => word === '--help' || word === '-h')) {
  console.log(COMPLETION_HELP)
} else if (verb === 'completion' && completion(words[0] ?? '', Object.keys(VERBS)) !== null) {
  console.log(completion(words[0] ?? '', Object.keys(VERBS)))
} else {
  const near = nearest(verb, Object.keys(VERBS))
  const hint =
    verb === 'completion' ? ` It takes ${COMPLETIONS.join(', ')}.` : near === null ? '' : ` Did you mean ${near}?`
  console.error(inItsWords(`spinup: there is no ${[verb, ...words].join(' ')}.${hint} --help lists what there is.`))
  process.exitCode = 2
}
