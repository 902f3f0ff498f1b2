import type { RefreshView, Tone } from '../../../core/model/view.ts'
import { duration } from '../../../core/model/words.ts'
import { escape, prose } from './escape.ts'
import { buttons, headline, sheet, small, text } from './parts.ts'
import type { DiscordContext, Sheet } from './parts.ts'
import { present, stepLines } from './steps.ts'
import { since } from './when.ts'

const STAGES: Readonly<Record<RefreshView['stage'], readonly [mark: string, tone: Tone]>> = {
  working: ['⏳', 'info'],
  done: ['✅', 'good'],
  failed: ['❌', 'bad'],
  stopped: ['⏹️', 'warn'],
}

/** A new snapshot and the clones made anew from it. */
export function refresh(view: RefreshView, { now }: DiscordContext): Sheet {
  const [mark, tone] = STAGES[view.stage]
  const took = duration((view.endedAt ?? now) - view.startedAt)
  const head = {
    working: `refreshing, ${present(view.steps)}${view.stopping ? ', stopping' : ''}`,
    done: `refreshed in ${took}`,
    failed: `refreshing failed after ${took}`,
    stopped: `refreshing was stopped after ${took}`,
  }[view.stage]
  return sheet(
    tone,
    headline(mark, `${escape(view.pool, 60)}: ${head}`),
    view.note === null ? null : text(1, ...prose(view.note, 500)),
    stepLines(1, view.steps),
    text(
      3,
      small(
        `by ${escape(view.actor.name, 80)} · began ${since(view.startedAt)}${view.live ? ' · without a pause' : ''}`,
      ),
    ),
    buttons(view.actions),
  )
}
