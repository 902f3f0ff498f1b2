import type { View } from '../../../core/model/view.ts'
import type { APIMessageTopLevelComponent } from 'discord.js'
import { alert } from './alert.ts'
import { answer } from './answer.ts'
import { compose, composeWords } from './compose.ts'
import { connect } from './connect.ts'
import { cost } from './cost.ts'
import { decision } from './decision.ts'
import { digest } from './digest.ts'
import { doctor } from './doctor.ts'
import { episode } from './episode.ts'
import { error } from './error.ts'
import { help } from './help.ts'
import { history } from './history.ts'
import { threadName } from './parts.ts'
import type { DiscordContext, Sheet } from './parts.ts'
import { policy } from './policy.ts'
import { proposal } from './proposal.ts'
import { refresh } from './refresh.ts'
import { stats } from './stats.ts'
import { status } from './status.ts'
import { summary } from './summary.ts'
import { whatIf } from './what-if.ts'

export type { DiscordContext } from './parts.ts'

export interface DiscordMessage {
  /** Of Components V2, within every limit. */
  readonly components: APIMessageTopLevelComponent[]
  /** What goes into the thread that the message begins; null: nothing. */
  readonly thread: { readonly name: string; readonly components: APIMessageTopLevelComponent[] } | null
  /** The same in words, for where components are not taken: safe markdown, at most 2,000 characters. */
  readonly plain: string
  /** What shortened custom ids, and such values of selects, stand for; to be kept before the message is sent. */
  readonly longActions: ReadonlyMap<string, string>
}

/** A view as Discord shows it. A select's chosen value is a custom id as a button's is. */
export function renderDiscord(view: View, context: DiscordContext): DiscordMessage {
  const { main, thread } = draw(view, context)
  const card = compose(main)
  return {
    components: [card.container],
    thread: thread === null ? null : { name: threadName(thread.name), components: [compose(thread.draft).container] },
    plain: composeWords(main),
    longActions: card.longActions,
  }
}

function draw(view: View, context: DiscordContext): Sheet {
  switch (view.kind) {
    case 'answer':
      return answer(view)
    case 'help':
      return help(view)
    case 'status':
      return status(view, context)
    case 'stats':
      return stats(view, context)
    case 'episode':
      return episode(view, context)
    case 'proposal':
      return proposal(view)
    case 'decision':
      return decision(view, context)
    case 'policy':
      return policy(view)
    case 'whatif':
      return whatIf(view, context)
    case 'history':
      return history(view)
    case 'connect':
      return connect(view)
    case 'refresh':
      return refresh(view, context)
    case 'cost':
      return cost(view)
    case 'alert':
      return alert(view)
    case 'digest':
      return digest(view)
    case 'summary':
      return summary(view, context)
    case 'doctor':
      return doctor(view)
    case 'error':
      return error(view)
    default:
      return view satisfies never
  }
}
