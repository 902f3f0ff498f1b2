import { checkSlackMessage, checkSlackView } from '../../../src/chat/slack/limits.ts'
import { slackFilesOf, type Block } from './record.ts'
import { jsonOf, type Params, type SlackState } from './state.ts'

/** Blocks of a call; null: they are no list of objects. */
export function blocksOf(params: Params): readonly Block[] | null {
  if (params['blocks'] === undefined) return []
  const blocks = jsonOf(params['blocks'])
  const fine = Array.isArray(blocks) && blocks.every((block) => typeof block === 'object' && block !== null)
  return fine ? (blocks as Block[]) : null
}

interface Refusal {
  readonly error: string
  readonly messages: readonly string[]
}

/** What Slack would refuse a message for; null: nothing. A breach of Block Kit's rules is kept, so that the test fails. */
export function refusalOfMessage(
  state: SlackState,
  team: string,
  message: { readonly text: string; readonly blocks: readonly Block[] },
): Refusal | null {
  return breach(state, checkSlackMessage(message), message) ?? unready(state, team, message.blocks)
}

/** The same of a modal or an App Home. */
export function refusalOfView(
  state: SlackState,
  team: string,
  view: { readonly type: string; readonly blocks: readonly Block[] },
): Refusal | null {
  return breach(state, checkSlackView(view), view) ?? unready(state, team, view.blocks)
}

function breach(state: SlackState, found: readonly string[], shown: object): Refusal | null {
  if (found.length === 0) return null
  state.violations.push(...found.map((one) => `${one} in ${JSON.stringify(shown).slice(0, 2000)}`))
  return { error: 'invalid_blocks', messages: found.map((one) => `[ERROR] ${one}`) }
}

/** A file that Slack has not yet looked through cannot be shown. */
function unready(state: SlackState, team: string, blocks: readonly Block[]): Refusal | null {
  for (const id of slackFilesOf(blocks)) {
    const file = state.files.get(id)
    if (file === undefined || file.team !== team || !file.completed || file.deleted || file.looks > 0) {
      return { error: 'invalid_blocks', messages: [`[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]`] }
    }
  }
  return null
}
