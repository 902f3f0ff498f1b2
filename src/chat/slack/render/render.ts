import type { View } from '../../../core/model/view.ts'
import type { KnownBlock } from './block-kit.ts'
import type { Drawn, SlackContext } from './context.ts'
import { fallback } from './fallback.ts'
import type { Part } from './parts.ts'
import { fit } from './trim.ts'
import { drawAlert } from './views/alert.ts'
import { drawAnswer } from './views/answer.ts'
import { drawConnect } from './views/connect.ts'
import { drawCost } from './views/cost.ts'
import { drawDecision } from './views/decision.ts'
import { drawDigest } from './views/digest.ts'
import { drawDoctor } from './views/doctor.ts'
import { drawEpisode } from './views/episode.ts'
import { drawError } from './views/error.ts'
import { drawHelp } from './views/help.ts'
import { drawHistory } from './views/history.ts'
import { drawPolicy } from './views/policy.ts'
import { drawProposal } from './views/proposal.ts'
import { drawRefresh } from './views/refresh.ts'
import { drawStats } from './views/stats.ts'
import { drawStatus } from './views/status.ts'
import { drawSummary } from './views/summary.ts'
import { drawWhatIf } from './views/whatif.ts'

export type { SlackContext } from './context.ts'

/** What is posted: `text` for notifications, screen readers and old clients, and the blocks everyone else sees. */
export interface SlackText {
  readonly text: string
  readonly blocks: KnownBlock[]
}

/** A view as Slack shows it; `thread` is what stands below the message, edited in place like it. */
export interface SlackMessage extends SlackText {
  readonly thread: SlackText | null
}

/** A view within Slack's limits; never throws, whatever people or droplets have put into it. */
export function renderSlack(view: View, context: SlackContext): SlackMessage {
  const { parts, thread } = drawView(view, context)
  return { ...written(parts), thread: thread === undefined ? null : written(thread) }
}

function written(parts: readonly Part[]): SlackText {
  const blocks = fit(parts)
  return { text: fallback(blocks), blocks }
}

/** A view in pieces, for whoever puts several on one page. */
export function drawView(view: View, context: SlackContext): Drawn {
  switch (view.kind) {
    case 'answer':
      return drawAnswer(view)
    case 'help':
      return drawHelp(view)
    case 'status':
      return drawStatus(view, context)
    case 'stats':
      return drawStats(view, context)
    case 'episode':
      return drawEpisode(view, context)
    case 'proposal':
      return drawProposal(view, context)
    case 'decision':
      return drawDecision(view, context)
    case 'policy':
      return drawPolicy(view)
    case 'whatif':
      return drawWhatIf(view, context)
    case 'history':
      return drawHistory(view, context)
    case 'connect':
      return drawConnect(view)
    case 'refresh':
      return drawRefresh(view, context)
    case 'cost':
      return drawCost(view)
    case 'alert':
      return drawAlert(view, context)
    case 'digest':
      return drawDigest(view, context)
    case 'summary':
      return drawSummary(view, context)
    case 'doctor':
      return drawDoctor(view, context)
    case 'error':
      return drawError(view)
    default:
      return view satisfies never
  }
}
