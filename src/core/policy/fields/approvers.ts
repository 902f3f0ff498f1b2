import { SpinupError } from '../../model/error.ts'
import type { Policy } from '../../model/policy.ts'
import { plural } from '../../model/words.ts'
import { bad, NONE, type PolicyField } from './field.ts'

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
export const approvers: PolicyField = {
  name: 'approvers',
  meaning:
    'who may answer a proposal: Slack users and user groups, Discord people and roles, or the console’s password',
  example: 'approvers=slack:S0614TZR7,console',
  read: (policy) => (policy.approvers.length === 0 ? EVERYONE : policy.approvers.join(',')),
  write: (policy, text) => {
    const plain = text.trim().replaceAll(/^["'“”„]+|["'“”„]+$/g, '')
    if ([NONE, EVERYONE, ''].includes(plain.toLowerCase())) return { ...policy, approvers: [] }
    const found = plain.split(/[,\s]+/).filter((word) => word !== '')
    const entries = [...new Set(found.map((word) => entryOf(word, text)))]
    if (entries.length > MOST) throw bad('approvers', text, `at most ${MOST} people and groups; name a group of them`)
    return { ...policy, approvers: entries }
  },
}

/** Throws `badInput` for a quorum that those who may answer could never make: the console's password is one vote. */
export function checkQuorum({ approvers, quorum }: Policy): void {
  const alone = approvers.length > 0 && approvers.every((entry) => entry === 'console' || /^slack:[UW]/.test(entry))
  if (!alone || quorum <= approvers.length) return
  throw new SpinupError(
    'badInput',
    `quorum ${quorum} is more than the ${plural(approvers.length, 'vote')} of ${approvers.join(', ')}; nothing was changed.`,
  )
}

function entryOf(word: string, text: string): string {
  const mention = MENTIONS.find(([pattern]) => pattern.test(word))
  const entry = mention === undefined ? tidy(word) : word.replace(mention[0], mention[1])
  if (entry === 'console' || SLACK.test(entry) || DISCORD.test(entry)) return entry
  throw bad('approvers', text, WANTED)
}

/** The platform in lower case, Slack's ids in upper case, as they are compared. */
function tidy(word: string): string {
  const [platform = '', id] = word.split(/:(.*)/s)
  return id === undefined ? platform.toLowerCase() : `${platform.toLowerCase()}:${id.toUpperCase()}`
}
