import { SpinupError } from '../../model/error.ts'
import type { Policy } from '../../model/policy.ts'
import { plural } from '../../model/words.ts'
import { field, listOf, NONE, Wrong } from './field.ts'

const EVERYONE = 'everyone'
const MOST = 20
const WANTED =
  'people and groups with commas between them: slack:U… or slack:S… (a user group), discord:… (a person or a role), or console (whoever has its password); or everyone'

/** What people copy from Slack and Discord: `<@U061F7AUR>`, `<!subteam^S0614TZR7|@ops>`, `<@&8131…>`. */
const MENTIONS: readonly (readonly [RegExp, string])[] = [
  [/^<!subteam\^(\w+)(\|[^>]*)?>$/, 'slack:$1'],
  [/^<@([UW]\w+)(\|[^>]*)?>$/, 'slack:$1'],
  [/^<@[!&]?(\d+)>$/, 'discord:$1'],
]
const SLACK = /^slack:[USW][A-Z0-9]{2,20}$/
const DISCORD = /^discord:\d{1,20}$/

/** Who may answer proposals. A console name is whatever somebody typed, so only its password counts there. */
export const approvers = field({
  name: 'approvers',
  key: 'approvers',
  meaning:
    'who may answer a proposal: Slack users and user groups, Discord people and roles, or the console’s password',
  example: 'approvers=slack:S0614TZR7,console',
  guarded: 'always',
  text: (entries) => (entries.length === 0 ? EVERYONE : entries.join(',')),
  parse: (text) => {
    const plain = text.trim().replaceAll(/^["'“”„]+|["'“”„]+$/g, '')
    if ([NONE, EVERYONE, ''].includes(plain.toLowerCase())) return []
    return [
      ...new Set(
        plain
          .split(/[,\s]+/)
          .filter((word) => word !== '')
          .map(entryOf),
      ),
    ]
  },
  check: (value) => {
    const entries = listOf(value, MOST, `at most ${MOST} people and groups; name a group of them`)
    return [...new Set(entries.map((entry) => checkEntry(entry)))]
  },
})

/** Throws `badInput` for a quorum that those who may answer could never make: the console's password is one vote. */
export function checkQuorum({ approvers, quorum }: Policy): void {
  const alone = approvers.length > 0 && approvers.every((entry) => entry === 'console' || /^slack:[UW]/.test(entry))
  if (!alone || quorum <= approvers.length) return
  throw new SpinupError(
    'badInput',
    `quorum ${quorum} is more than the ${plural(approvers.length, 'vote')} of ${approvers.join(', ')}; nothing was changed.`,
  )
}

/** As it is typed or copied from a chat. */
function entryOf(word: string): string {
  const mention = MENTIONS.find(([pattern]) => pattern.test(word))
  return mention === undefined ? tidy(word) : word.replace(mention[0], mention[1])
}

function checkEntry(value: unknown): string {
  const entry = typeof value === 'string' ? entryOf(value) : ''
  if (entry === 'console' || SLACK.test(entry) || DISCORD.test(entry)) return entry
  throw new Wrong(WANTED, { plain: 'a list such as ["slack:S0614TZR7", "console"]' })
}

/** The platform in lower case, Slack's ids in upper case, as they are compared. */
function tidy(word: string): string {
  const [platform = '', id] = word.split(/:(.*)/s)
  return id === undefined ? platform.toLowerCase() : `${platform.toLowerCase()}:${id.toUpperCase()}`
}
