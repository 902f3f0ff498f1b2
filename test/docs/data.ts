import { transformSync } from 'esbuild'
import { parse } from 'yaml'
import type { Fence, Read } from './read.ts'
import { verdict, type Verdict } from './verdict.ts'
import { messageOf } from '../../src/core/model/error.ts'

/** What each language of a fence has to stand; those of commands and requests are looked at elsewhere. */
const CHECKS: Readonly<Record<string, (text: string) => unknown>> = {
  json: (text) => JSON.parse(text),
  yaml: (text) => parse(text),
  js: (text) => transformSync(text, { loader: 'js' }),
  ts: (text) => transformSync(text, { loader: 'ts' }),
  text: noCommands,
}
const ELSEWHERE = new Set(['sh', 'chat', 'http', 'env', 'python'])
/** Read by programs of others. */
const OTHERS = new Set(['nginx', 'haproxy', 'caddyfile'])

/** Every fence has a language, and what is in it is of that language. */
export function data({ fences }: Read): readonly Verdict[] {
  return fences.flatMap((fence) => {
    const what = `a block of ${fence.language || 'no language'}`
    if (ELSEWHERE.has(fence.language)) return []
    if (OTHERS.has(fence.language)) {
      const why = fence.mark === null ? 'say in a mark what reads it' : null
      return verdict(fence, what, why, 'marked')
    }
    return verdict(fence, what, why(fence))
  })
}

function why({ language, text, mark }: Fence): string | null {
  const check = CHECKS[language]
  if (check === undefined) return `say what it is: ${[...ELSEWHERE, ...OTHERS, ...Object.keys(CHECKS)].join(', ')}`
  if (mark?.kind === 'not run') return null
  try {
    check(text)
    return null
  } catch (error) {
    return messageOf(error).split('\n')[0] ?? 'it cannot be read'
  }
}

/** A command in a block of text would be checked by nothing. */
function noCommands(text: string): void {
  const command = /^\s*(?:\$ )?(?:npm|npx|node|spinup|\/spinup|curl|sudo|docker|systemctl)\s.*$/m.exec(text)?.[0]
  if (command !== undefined) throw new Error(`“${command.trim()}” is a command; make it a block of sh or chat`)
}
