import type { NotifyLevel } from '../../core/model/notify-level.ts'
import type { Tone, View } from '../../core/model/view.ts'
import { isPressing } from '../../store/outbox-rank.ts'

/** How much a card matters: a question or trouble, something that changed, or merely worth knowing. */
export type Severity = 'trouble' | 'change' | 'detail'

export function severityOf(view: View): Severity {
  if (isPressing(view)) return 'trouble'
  switch (view.kind) {
    case 'episode':
      return view.stage === 'failed' ? 'trouble' : 'change'
    case 'refresh':
      return view.stage === 'failed' ? 'trouble' : 'change'
    case 'decision':
    case 'connect':
    case 'digest':
    case 'summary':
      return 'change'
    case 'alert':
      // That something is over matters to those who were told of it; their card is edited whatever they chose.
      return view.state === 'active' ? byTone(view.tone, 'detail') : 'detail'
    case 'answer':
      return byTone(view.tone, 'change')
    default:
      return 'detail'
  }
}

function byTone(tone: Tone, otherwise: Severity): Severity {
  return tone === 'bad' || tone === 'warn' ? 'trouble' : otherwise
}

/** Whether a channel of that level is told of it. */
export function wanted(level: NotifyLevel, severity: Severity): boolean {
  switch (level) {
    case 'all':
      return true
    case 'changes':
      return severity !== 'detail'
    case 'trouble':
      return severity === 'trouble'
    case 'off':
      return false
  }
}
