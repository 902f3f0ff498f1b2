import { SpinupError } from '../../model/error.ts'
import type { Platforms } from '../../model/platforms.ts'
import type { Policy } from '../../model/policy.ts'
import { plural } from '../../model/words.ts'
import { field, listOf, NONE, Wrong } from './field.ts'

const EVERYONE = 'everyone'
const CONSOLE = 'console'
const MOST = 20

/** Who may answer proposals. A console name is whatever somebody typed, so only its password counts there. */
export const approvers = field({
  name: 'approvers',
  key: 'approvers',
  meaning: 'who may answer a proposal: people and groups of your chats, or the console’s password',
  example: 'approvers=console',
  guarded: 'always',
  text: (entries) => (entries.length === 0 ? EVERYONE : entries.join(',')),
  parse: (text) => {
    const plain = text.trim().replaceAll(/^["'“”„]+|["'“”„]+$/g, '')
    if ([NONE, EVERYONE, ''].includes(plain.toLowerCase())) return []
    return [...new Set(plain.split(/[,\s]+/).filter((word) => word !== ''))]
  },
  check: (value, _policy, platforms) => {
    const entries = listOf(value, MOST, `at most ${MOST} people and groups; name a group of them`)
    return [...new Set(entries.map((entry) => entryOf(entry, platforms)))]
  },
})

/** Throws `badInput` for a quorum that those who may answer could never make: the console's password is one vote. */
export function checkQuorum({ approvers, quorum }: Policy, { isPerson }: Platforms): void {
  const alone = approvers.length > 0 && approvers.every((entry) => entry === CONSOLE || isPerson(entry))
  if (!alone || quorum <= approvers.length) return
  throw new SpinupError(
    'badInput',
    `quorum ${quorum} is more than the ${plural(approvers.length, 'vote')} of ${approvers.join(', ')}; nothing was changed.`,
  )
}

/** As it is typed or copied from a chat. */
function entryOf(value: unknown, { read, takes }: Platforms): string {
  const word = typeof value === 'string' ? value : ''
  const entry = word.toLowerCase() === CONSOLE ? CONSOLE : read(word)
  if (entry !== null) return entry
  const who = [...(takes === '' ? [] : [takes]), 'console (anyone with its password)'].join(', or ')
  throw new Wrong(`people and groups with commas between them: ${who}; or everyone`, {
    plain: 'a list such as ["console"]',
  })
}
