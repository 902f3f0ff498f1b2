import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { argumentsOf } from '../../src/cli/run-command.ts'
import { ROOT } from '../../package/docs/pages.ts'
import { chatLines } from './chat-lines.ts'
import { data } from './data.ts'
import { links } from './links.ts'
import { named } from './named.ts'
import { quoted, scores } from './quoted.ts'
import { readAll } from './read.ts'
import { shell } from './shell.ts'
import { spelling } from './spelling.ts'
import { openStage } from './stage.ts'
import { verdict, type Verdict } from './verdict.ts'
import { workedExample } from './worked-example.ts'

const HELP = `The README and the documentation against what they describe: every command is run beside a real bot and agent, or
read by the grammar or the program that would take it, or carries a mark with why not; examples are parsed, links and
anchors followed, variables, requests and files looked for, quoted sentences compared with the sources, words spelt.

  npm run test:docs
  npm run test:docs -- --write    writes the worked example of docs/cost.md again

The last line counts. Exit status 1: something is wrong.`

const { values } = argumentsOf({ help: HELP, options: { write: { type: 'boolean', default: false } } })

const COST = 'docs/cost.md'
const EXAMPLE = /(?<=<!-- worked example[^>]*-->\n)[\s\S]*?(?=\n?<!-- end -->)/

if (values.write) {
  const before = await readFile(join(ROOT, COST), 'utf8')
  await writeFile(
    join(ROOT, COST),
    before.replace(EXAMPLE, () => `\n${workedExample()}\n`),
  )
}

const pages = readAll()
const stage = await openStage()
const commands: Verdict[] = []
try {
  // The changelog speaks of how things were.
  for (const page of pages.filter(({ file }) => file !== 'CHANGELOG.md')) {
    commands.push(...chatLines(page), ...(await shell(page, stage)), ...data(page), ...named(page))
  }
} finally {
  await stage.stop()
}
const ways = pages.flatMap((page) => links(page, pages))
const words = pages.filter(({ file }) => file !== 'CHANGELOG.md').flatMap(spelling)
const sentences = [...quoted(), ...scores(), await example()]

const wrong = (all: readonly Verdict[]): readonly Verdict[] => all.filter(({ outcome }) => outcome === 'failed')
const count = (outcome: Verdict['outcome']): number => commands.filter((one) => one.outcome === outcome).length
const faults = [commands, ways, words, sentences].flatMap(wrong)
for (const { at, what } of faults) console.log(`${at}: ${what}`)
console.log(
  [
    `docs: ${commands.length} commands, ${count('run')} run, ${count('parsed')} parsed, ${count('marked')} marked, ${count('failed')} failed`,
    `${ways.length} links, ${wrong(ways).length} dead`,
    `${sentences.length} quotes, ${wrong(sentences).length} wrong`,
    `${words.length} words, ${wrong(words).length} misspelt`,
  ].join('; '),
)
if (faults.length > 0) process.exitCode = 1

/** Cells may be padded. */
async function example(): Promise<Verdict> {
  const plainly = (text: string): string =>
    text
      .replaceAll(/-{3,}/g, '---')
      .replaceAll(/[ \t]+/g, ' ')
      .trim()
  const written = EXAMPLE.exec(await readFile(join(ROOT, COST), 'utf8'))?.[0] ?? ''
  const same = plainly(written) === plainly(workedExample())
  return verdict({ file: COST, line: 1 }, 'the worked example', same ? null : 'npm run test:docs -- --write makes it')
}
