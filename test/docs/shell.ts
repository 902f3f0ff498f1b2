import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../package/docs/pages.ts'
import { there } from './named.ts'
import { misused, startedBy } from './programs.ts'
import type { Fence, Read } from './read.ts'
import { callsOf, type Call } from './shell-words.ts'
import type { Ran, Stage } from './stage.ts'
import { verdict, type Verdict } from './verdict.ts'

/** What is said of a command that no program of ours is started by. */
const FOREIGN = 'nothing here runs it; mark it with why'

/** Every command of the `sh` fences, and of texts where they name one of our programs. */
export async function shell({ fences, codes }: Read, stage: Stage): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = []
  for (const fence of fences.filter(({ language }) => language === 'sh')) {
    for (const call of callsOf(fence.text)) verdicts.push(await judge(fence, call, stage))
  }
  // With what the commands before it have left in the folder.
  for (const fence of fences.filter(({ language }) => language === 'python')) {
    verdicts.push(judged(fence, 'a block of python', await stage.python(fence.text)))
  }
  const inline = codes.filter(
    ({ text }) => /^(npm (run \S|start|test)|spinup [a-z-])/.test(text) && !text.includes('…'),
  )
  for (const code of inline) {
    for (const call of callsOf(code.text)) verdicts.push(verdict(code, call.text, await misread(call)))
  }
  return verdicts
}

async function judge(fence: Fence, call: Call, stage: Stage): Promise<Verdict> {
  const { mark } = fence
  if (mark?.kind === 'run by') {
    const file = join(ROOT, mark.says)
    const runs = existsSync(file) && readFileSync(file, 'utf8').includes(fence.file)
    return verdict(fence, call.text, runs ? null : `${mark.says} does not run ${fence.file}`, 'run')
  }
  const ran = mark === null ? await stage.run(call) : null
  if (ran !== null) return judged(fence, call.text, ran)
  const why = await misread(call)
  // A mark excuses from being run, not from being right.
  return mark === null
    ? verdict(fence, call.text, why)
    : verdict(fence, call.text, why === FOREIGN ? null : why, 'marked')
}

const judged = (fence: Fence, what: string, ran: Ran): Verdict =>
  ran === 'missing' ? verdict(fence, what, null, 'marked') : verdict(fence, what, ran.why, 'run')

/** What the program that a call starts would not take of it; null: nothing. */
async function misread({ words: all }: Call): Promise<string | null> {
  // `SPINUP_TOKEN=… spinup visual push`, `sudo spinup doctor`: what stands before the program is passed over.
  const words = all.slice(all.findIndex((word) => !/^(?:[A-Z_]+=|sudo$)/.test(word)))
  if (words[0] === 'export') return there(/^[A-Z_]+/.exec(words[1] ?? '')?.[0] ?? ' ') ? null : 'no program reads it'
  const started = startedBy(words)
  if (typeof started === 'string') return started
  if (started !== null) return misused(started)
  return words[0] === 'npm' ? null : FOREIGN
}
