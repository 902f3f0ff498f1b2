import { SCOPES, type Scope } from '../../core/model/api-token.ts'
import { nearest } from '../../core/model/nearest.ts'
import { duration } from '../../core/model/words.ts'
import { BadWords } from './bad-words.ts'
import { durationAt } from './time.ts'
import { readEnd, readId } from './words.ts'

/** `pools`: by name; none: all of the team's. `forMs` null: it works until it is revoked. */
export type TokenChoice =
  | { readonly kind: 'list' }
  | {
      readonly kind: 'new'
      readonly name: string
      readonly can: readonly Scope[]
      readonly pools: readonly string[]
      readonly forMs: number | null
    }
  | { readonly kind: 'revoke'; readonly name: string }
  /** What a token asked for may be done, or not; by the id of the question. */
  | { readonly kind: 'allow' | 'refuse'; readonly id: string }

export const STEPS = ['new', 'revoke', 'allow', 'refuse'] as const
export const EXAMPLE = '/spinup token new deploy can=refresh'
const DAY_MS = 86_400_000
const LONGEST_MS = 3650 * DAY_MS

/** What the words after `token` mean. Throws `BadWords`. */
export function readToken([first, ...rest]: readonly string[]): TokenChoice {
  switch (first?.toLowerCase()) {
    case undefined:
    case 'list':
      readEnd(rest)
      return { kind: 'list' }
    case 'new':
    case 'create':
    case 'add':
      return readNew(rest)
    case 'revoke':
    case 'delete':
    case 'remove':
    case 'rm': {
      const [name, ...more] = rest
      readEnd(more)
      return { kind: 'revoke', name: readTokenName(name, '/spinup token revoke deploy') }
    }
    case 'allow':
    case 'refuse': {
      const kind = first!.toLowerCase() as 'allow' | 'refuse'
      const id = readId(rest, 'id of a request', '/spinup token')
      if (id === null) throw new BadWords('Which request? Its card has the buttons.', '/spinup token')
      return { kind, id }
    }
    default: {
      const near = nearest(first!, STEPS)
      throw new BadWords(`I do not understand “${first}”.`, near === 'new' ? EXAMPLE : '/spinup token')
    }
  }
}

function readNew([typed, ...rest]: readonly string[]): TokenChoice {
  const name = readTokenName(typed, EXAMPLE)
  const at = rest.findIndex((word) => /^for$/i.test(word))
  const span = at < 0 ? null : durationAt(rest.slice(at + 1))
  if (at >= 0 && (span === null || span.ms < 60_000 || span.ms > LONGEST_MS)) {
    throw new BadWords('A token works for a minute to ten years.', `/spinup token new ${name} can=refresh for 90d`)
  }
  const words = span === null ? rest : rest.toSpliced(at, span.length + 1)
  const can: Scope[] = []
  const pools: string[] = []
  let listing = false
  for (const word of words.flatMap((one) => one.replace(/^(can|pools?)=/i, '$1= ').split(/[\s,]+/))) {
    const scope = SCOPES.find((known) => known === word.toLowerCase())
    if (/^(can|pools?)=?$/i.test(word)) listing = /^can/i.test(word)
    else if (listing && scope !== undefined) can.push(scope)
    else if (word !== '' && !/^(and|&|on|in)$/i.test(word)) {
      if (listing && can.length === 0) throw noScope(name, word)
      listing = false
      pools.push(word.toLowerCase())
    }
  }
  if (can.length === 0) throw noScope(name, null)
  return {
    kind: 'new',
    name,
    can: SCOPES.filter((scope) => can.includes(scope)),
    pools: [...new Set(pools)],
    forMs: span?.ms ?? null,
  }
}

function noScope(name: string, word: string | null): BadWords {
  const near = word === null ? null : nearest(word, SCOPES)
  const said = word === null ? 'Say what it may do' : `“${word}” is nothing a token can do`
  return new BadWords(`${said}: ${SCOPES.join(', ')}.`, `/spinup token new ${name} can=${near ?? 'refresh'}`)
}

function readTokenName(word: string | undefined, like: string): string {
  if (word === undefined) throw new BadWords('What is the token called?', like)
  const name = word.toLowerCase()
  if (/^[a-z\d][a-z\d._-]{0,39}$/.test(name)) return name
  throw new BadWords(`“${word}” is not a name of a token: letters, digits, “.”, “_” and “-”, at most 40.`, like)
}

/** The same as a person would type it. */
export function tokenWords(choice: TokenChoice): string {
  switch (choice.kind) {
    case 'list':
      return ''
    case 'new': {
      const { name, can, pools, forMs } = choice
      return ['new', name, `can=${can.join(',')}`, ...pools, ...(forMs === null ? [] : ['for', duration(forMs)])].join(
        ' ',
      )
    }
    case 'revoke':
      return `revoke ${choice.name}`
    case 'allow':
    case 'refuse':
      return `${choice.kind} ${choice.id}`
  }
}
