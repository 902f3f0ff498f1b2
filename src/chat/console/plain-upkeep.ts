import type { CostView, RefreshView } from '../../core/model/view.ts'
import { capShare, dropletWords, monthName } from '../../core/model/cost-words.ts'
import { dollars, duration, plural } from '../../core/model/words.ts'
import { actionLines, paragraphs } from './plain-parts.ts'
import { indent, table } from '../../core/model/table.ts'

/** What the pool costs, and how near its limits are. */
export function plainCost(view: CostView): string {
  return paragraphs(
    `Cost of ${view.pool}`,
    indent(
      table([
        ['now', `${dollars(view.dollarsPerHour)}/h`, dropletWords(view)],
        [monthName(view.month), dollars(view.monthDollars), 'so far'],
        ['to its end', dollars(view.projectedDollars), 'projected'],
        ['fixed fleet', dollars(view.fixed.dollars), `${plural(view.fixed.droplets, 'droplet')} all month`],
      ]),
    ),
    indent(table(view.caps.map((cap) => [`limit per ${cap.per}`, dollars(cap.limit), capShare(cap)]))),
    indent(view.notes.join('\n')),
    indent(actionLines(view.actions)),
  )
}

const STEP_MARKS = { todo: '○', doing: '…', done: '✓', failed: '✗' } as const

/** A new snapshot and the clones made anew from it. */
export function plainRefresh(view: RefreshView, now: number): string {
  const took = duration((view.endedAt ?? now) - view.startedAt)
  const head = {
    working: `… Refreshing ${view.pool} (${took} so far${view.stopping ? ', stopping' : ''})`,
    done: `✓ Refreshed ${view.pool} in ${took}`,
    failed: `✗ Refreshing ${view.pool} failed after ${took}`,
    stopped: `· Refreshing ${view.pool} was stopped after ${took}`,
  }[view.stage]
  const steps = view.steps.map(({ label, state, detail, progress }) => [
    STEP_MARKS[state],
    label,
    [progress === null ? '' : `${Math.round(progress * 100)} %`, detail ?? ''].filter(Boolean).join('  '),
  ])
  return paragraphs(
    `${head} · by ${view.actor.name}`,
    indent(table(steps)),
    view.note === null ? null : indent(view.note),
    indent(actionLines(view.actions)),
  )
}
