import type { TemplateResult } from 'lit-html'
import type { View } from '../../../core/model/view.ts'
import type { CardContext } from '../card.ts'
import { renderAlert } from './alert.ts'
import { renderAnswer } from './answer.ts'
import { renderConnect } from './connect.ts'
import { renderCost } from './cost.ts'
import { renderDecision } from './decision.ts'
import { renderDigest } from './digest.ts'
import { renderDoctor } from './doctor.ts'
import { renderEpisode } from './episode.ts'
import { renderError } from './error.ts'
import { renderHelp } from './help.ts'
import { renderHistory } from './history.ts'
import { renderPolicy } from './policy.ts'
import { renderProposal } from './proposal.ts'
import { renderRefresh } from './refresh.ts'
import { renderStats } from './stats.ts'
import { renderStatus } from './status.ts'
import { renderSummary } from './summary.ts'
import { renderWhatIf } from './whatif.ts'

/** Any view as its card. */
export function renderView(view: View, context: CardContext): TemplateResult {
  switch (view.kind) {
    case 'answer':
      return renderAnswer(view, context)
    case 'help':
      return renderHelp(view, context)
    case 'status':
      return renderStatus(view, context)
    case 'stats':
      return renderStats(view, context)
    case 'episode':
      return renderEpisode(view, context)
    case 'proposal':
      return renderProposal(view, context)
    case 'decision':
      return renderDecision(view, context)
    case 'policy':
      return renderPolicy(view, context)
    case 'whatif':
      return renderWhatIf(view, context)
    case 'history':
      return renderHistory(view)
    case 'connect':
      return renderConnect(view, context)
    case 'refresh':
      return renderRefresh(view, context)
    case 'cost':
      return renderCost(view, context)
    case 'alert':
      return renderAlert(view, context)
    case 'digest':
      return renderDigest(view, context)
    case 'summary':
      return renderSummary(view, context)
    case 'doctor':
      return renderDoctor(view, context)
    case 'error':
      return renderError(view, context)
    default:
      return view satisfies never
  }
}
