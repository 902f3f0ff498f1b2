import { COMMANDS, type RequestKind } from '../../src/commands/registry.ts'
import type { ViewKind } from '../../src/core/model/view.ts'
import { differences, said } from '../chat/said.ts'
import { situations } from '../chat/situations.ts'
import { exampleViews } from '../example-views.ts'
import { LINES } from './lines.ts'
import { commandOf, openStage, PLATFORMS } from './stage.ts'
import { asPlain, NOW, onConsole, onDiscord, onSlack, type Cell } from './views.ts'
import { argumentsOf } from '../../src/cli/run-command.ts'

const HELP = `Every kind of view on Slack, Discord, the page (in a real browser) and as plain text, within each
platform's limits and as its golden file has it, sent and edited through the real SDKs; every command, with each of its
options, on Slack, Discord and the page's own API. Beside the kinds stand the situations in which a platform that judges
for itself would say something else: each has the same tone, headline and numbers everywhere. The table has no hole and
no difference, or the exit status is 1.

  npm run test:parity`

argumentsOf({ help: HELP })
const holes: string[] = []
const row = (name: string, cells: readonly (readonly [where: string, cell: Cell])[]): void => {
  for (const [where, cell] of cells) if (cell !== null) holes.push(`${name} on ${where}: ${cell}`)
  console.log(`${name.padEnd(12)}${cells.map(([, cell]) => (cell === null ? '✓' : '✗').padEnd(9)).join('')}`)
}
const head = (what: string, columns: readonly string[]): void =>
  console.log(`\n${what.padEnd(12)}${columns.map((name) => name.padEnd(9)).join('')}`)

const views = exampleViews(NOW)
const cards = situations(NOW)
const differing: string[] = []
const kinds = Object.keys(views) as ViewKind[]
const page = await onConsole()
const stage = await openStage()
if (!stage.documented) console.log('skipped: Discord’s document is not beside the project; its exchanges go unchecked')

head('view', ['Slack', 'Discord', 'console', 'plain'])
const commands = Object.keys(LINES) as RequestKind[]
try {
  for (const kind of kinds) {
    const view = views[kind]
    row(kind, [
      ['Slack', onSlack(kind, view) ?? (await stage.show('Slack', view))],
      ['Discord', onDiscord(kind) ?? (await stage.show('Discord', view))],
      ['the page', page === null ? 'Chromium is not installed (apt-get install chromium)' : cellOf(page, kind)],
      ['plain text', asPlain(kind, view)],
    ])
  }

  for (const [name, view] of Object.entries(cards)) {
    differing.push(...differences(said(view, NOW)).map((what) => `${name}: ${what}`))
  }

  head('command', PLATFORMS)
  for (const kind of commands) {
    const cells: [string, Cell][] = []
    for (const platform of PLATFORMS) {
      let cell: Cell = null
      for (const typed of LINES[kind]) cell ??= await stage.drive(platform, kind, typed)
      cells.push([platform, cell])
    }
    row(kind, cells)
  }
  holes.push(...untyped(), ...stage.violations())
} finally {
  await stage.stop()
}

console.log('')
for (const hole of holes) console.log(`hole: ${hole}`)
for (const difference of differing) console.log(`difference: ${difference}`)
if (holes.length + differing.length > 0) process.exitCode = 1
console.log(
  `parity: ${Object.keys(cards).length} cards × 4, ${commands.length} commands × 3, ${holes.length} holes, ${differing.length} differences`,
)

function cellOf(page: ReadonlyMap<ViewKind, Cell>, kind: ViewKind): Cell {
  const cell = page.get(kind)
  return cell === undefined ? 'was not drawn' : cell
}

/** Commands of the registry that no line types, and options that none fills in. */
function untyped(): readonly string[] {
  const typed = commands.flatMap((kind) => LINES[kind].map(([, options]) => ({ name: commandOf(kind).name, options })))
  return COMMANDS.flatMap(({ name, options = [] }) => {
    const lines = typed.filter((one) => one.name === name)
    if (lines.length === 0) return [`${name} is typed nowhere`]
    const unused = options.filter((option) => !lines.some((line) => option.name in line.options))
    return unused.map((option) => `${name}: its option ${option.name} is filled in nowhere`)
  })
}
