import type { Tone, View } from '../../core/model/view.ts'
import { capital, plural } from '../../core/model/words.ts'

/** A card in a line of a digest. */
export interface Line {
  readonly tone: Tone
  readonly title: string
  readonly text: string
}

export function lineOf(view: View): Line {
  switch (view.kind) {
    case 'episode': {
      const { stage, pool, from, to, reason, earlier } = view
      const tone = { working: 'info', settled: 'good', failed: 'bad' } as const
      const how = { working: 'under way', settled: 'done', failed: 'failed' }[stage]
      const before = earlier.length === 0 ? '' : ` ${capital(plural(earlier.length, 'scale event'))} before it.`
      return { tone: tone[stage], title: `${pool}: ${from} → ${to}, ${how}`, text: `${reason}${before}` }
    }
    case 'proposal':
      return {
        tone: view.state === 'open' ? 'warn' : 'info',
        title: `${view.pool}: ${view.from} → ${view.to}, ${view.state === 'open' ? 'asked' : view.state}`,
        text: view.reason,
      }
    case 'decision': {
      const { decision, pool, observedOnly } = view
      const title = `${pool}: ${observedOnly ? 'would have gone ' : ''}${decision.from} → ${decision.to}`
      return { tone: 'info', title, text: decision.reason }
    }
    case 'refresh': {
      const tone = { working: 'info', done: 'good', failed: 'bad', stopped: 'warn' } as const
      const how = { working: 'under way', done: 'done', failed: 'failed', stopped: 'stopped' }[view.stage]
      return { tone: tone[view.stage], title: `${view.pool}: refresh ${how}`, text: view.note ?? '' }
    }
    case 'alert':
    case 'answer':
      return { tone: view.tone, title: view.title, text: view.text }
    case 'connect': {
      const doing = view.steps.find(({ state }) => state !== 'done')
      const text = doing === undefined ? '' : `${doing.label}${doing.detail === null ? '' : `: ${doing.detail}`}`
      return { tone: doing?.state === 'failed' ? 'bad' : 'info', title: view.title, text }
    }
    case 'error':
      return { tone: 'bad', title: 'Something could not be done', text: view.message }
    case 'digest':
      return { tone: 'info', title: 'While you were away', text: plural(view.entries.length, 'thing') }
    case 'help':
    case 'doctor':
      return { tone: 'info', title: capital(view.kind), text: '' }
    default:
      return { tone: 'info', title: `${view.pool}: ${view.kind}`, text: '' }
  }
}
