import { percent, plural } from '../core/model/words.ts'
import { stretchLine, wait, type Stretch } from './figures.ts'
import type { Visits } from './visits.ts'
import type { PoolNow } from './watch.ts'

/** What is known when the story stops short, in lines. */
export function soFar({
  quiet,
  jumpAt,
  visits,
  pool: { members, load, decision },
  now,
}: {
  /** null: it did not come to that. */
  readonly quiet: Stretch | null
  readonly jumpAt: number | null
  readonly visits: Visits
  readonly pool: PoolNow
  readonly now: number
}): string {
  const lines = ['So far:']
  if (quiet !== null) lines.push(`  quiet: ${stretchLine(quiet)}`)
  if (jumpAt !== null) {
    const crowd = visits.stretch(jumpAt, now)
    lines.push(
      `  since the link was posted, ${wait(now - jumpAt)} ago: ${stretchLine(crowd)}, ${visits.failed(jumpAt)} failed`,
    )
  }
  const last = visits.last()
  lines.push(
    last === null
      ? '  no visitor has come yet'
      : `  the last second: ${last.answered} answered, ${last.failed} failed, ${plural(last.waiting, 'visitor')} waiting`,
  )
  const each = members.map(({ id, phase }) => `${id} ${phase}`).join(', ')
  lines.push(
    members.length === 0 ? '  no pool yet' : `  the pool: ${each}${load === null ? '' : `; CPU ${percent(load)}`}`,
  )
  if (decision !== null) lines.push(`  last decision: ${decision.reason}`)
  return lines.join('\n')
}
