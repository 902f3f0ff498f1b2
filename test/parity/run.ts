import type { RequestKind } from '../../src/core/model/request.ts'
import type { ViewKind } from '../../src/core/model/view.ts'
import { exampleViews } from '../example-views.ts'
import { openCommandStage, PLATFORMS } from './commands.ts'
import { LINES } from './lines.ts'
import { asPlain, NOW, onConsole, onDiscord, onSlack, type Cell } from './views.ts'

/**
 * `npm run test:parity`: every kind of view on Slack, Discord, the page (in a real browser) and as plain text, within each
 * platform's limits and as its golden file has it; every command on Slack, Discord and the page, through the real SDKs.
 * The table has no hole, or the exit status is 1.
 */
const holes: string[] = []
const row = (name: string, cells: readonly (readonly [where: string, cell: Cell])[]): void => {
  for (const [where, cell] of cells) if (cell !== null) holes.push(`${name} on ${where}: ${cell}`)
  console.log(`${name.padEnd(12)}${cells.map(([, cell]) => (cell === null ? '✓' : '✗').padEnd(9)).join('')}`)
}
const head = (what: string, columns: readonly string[]): void =>
  console.log(`\n${what.padEnd(12)}${columns.map((name) => name.padEnd(9)).join('')}`)

const views = exampleViews(NOW)
const kinds = Object.keys(views) as ViewKind[]
const page = await onConsole()
if (page === null) holes.push('the page: Chromium is not installed (apt-get install chromium)')
head('view', ['Slack', 'Discord', 'console', 'plain'])
for (const kind of kinds) {
  row(kind, [
    ['Slack', onSlack(kind, views[kind])],
    ['Discord', onDiscord(kind)],
    ['the page', page?.get(kind) ?? null],
    ['plain text', asPlain(kind, views[kind])],
  ])
}

const commands = Object.keys(LINES) as RequestKind[]
const stage = await openCommandStage()
head('command', PLATFORMS)
try {
  for (const kind of commands) {
    const cells: [string, Cell][] = []
    for (const platform of PLATFORMS) cells.push([platform, await stage.drive(platform, kind)])
    row(kind, cells)
  }
  holes.push(...stage.violations())
} finally {
  await stage.stop()
}

console.log('')
for (const hole of holes) console.log(`hole: ${hole}`)
if (holes.length > 0) process.exitCode = 1
console.log(`parity: ${kinds.length} views × 4, ${commands.length} commands × 3, ${holes.length} holes`)
