import type { EpisodeView } from '../../../../core/model/view.ts'
import { dollars, duration, plural } from '../../../../core/model/words.ts'
import { buttons } from '../buttons.ts'
import type { Drawn, SlackContext } from '../context.ts'
import { WAY_MARKS } from '../marks.ts'
import { aside, dated, figures, headline, rows, words, poolName } from '../parts.ts'
import { bold, chain, glue, instant, instantToken, say, type Span } from '../rich.ts'
import { approvalWords, episodeThread } from './episode-thread.ts'

/** One scale event: the card in the channel says how far it is, the thread holds the steps and the chart. */
export function drawEpisode(view: EpisodeView, context: SlackContext): Drawn {
  const { now } = context
  const failed = view.members.filter(({ state }) => state === 'failed')
  return {
    parts: [
      episodeHeadline(view, now),
      ...words('facts', stageLine(view, now)),
      ...rows(
        failed.map(({ id, label, detail }) => [glue('❌ '), bold(id), glue('  '), say(detail ?? label, 300)]),
        { rank: 'facts', noun: 'failure', most: 5 },
      ),
      ...words('story', [say(view.reason, 600)]),
      figures([
        { name: 'Members', value: `${view.from} → ${view.to}` },
        { name: 'Cost', value: costWords(view) },
      ]),
      ...rows(
        view.earlier
          .map(({ at, from, to, reason }) => [
            glue('🔁 '),
            instant(at, now),
            glue(`  ${from} → ${to}  `),
            say(reason, 160),
          ])
          .toReversed(),
        { rank: 'detail', noun: 'earlier change', most: 4 },
      ),
      ...aside([
        view.actor.platform === 'spinup' ? 'by Spinup' : `asked for by ${view.actor.name}`,
        approvalWords(view.approval),
        dated('begun ', instantToken(view.startedAt, now)),
      ]),
      ...buttons(view.actions),
    ],
    thread: episodeThread(view, context),
  }
}

/** Before → after, and the difference, an hour. */
export function costWords(view: {
  readonly dollarsPerHourBefore: number
  readonly dollarsPerHourAfter: number
}): string {
  const { dollarsPerHourBefore: before, dollarsPerHourAfter: after } = view
  const difference = after - before
  const by = difference === 0 ? '' : ` (${difference > 0 ? '+' : '−'}${dollars(Math.abs(difference))}/h)`
  return `${dollars(before)}/h → ${dollars(after)}/h${by}`
}

function episodeHeadline(view: EpisodeView, now: number): ReturnType<typeof headline> {
  const { pool, direction, from, to, members, stage } = view
  const took = duration((view.endedAt ?? now) - view.startedAt)
  const done = members.filter(({ state }) => state === 'done').length
  const all = moving(view)
  const ready = direction === 'out' ? 'in service' : 'gone'
  const what = `${poolName(pool)}: scale ${direction} ${from} → ${to}`
  if (view.approval?.state === 'open') return headline('❓', `${what}?`)
  if (view.approval?.state === 'denied') return headline('🚫', `${what}, ${approvalWords(view.approval)}`)
  const again = view.earlier.length > 0 ? `, change ${view.earlier.length + 1} in a row` : ''
  switch (stage) {
    case 'working':
      return headline(
        WAY_MARKS[direction],
        `${poolName(pool)}: scaling ${direction} ${from} → ${to}, ${done} of ${all} ${ready}${again}`,
      )
    case 'settled':
      return headline('✅', `${poolName(pool)}: scaled ${direction} ${from} → ${to} in ${took}${again}`)
    case 'failed':
      return headline('❌', `${poolName(pool)}: scaling ${direction} ${from} → ${to} failed after ${took}${again}`)
    default:
      return stage satisfies never
  }
}

/** Members that come or go; they are not named yet when it begins. */
function moving({ members, from, to }: EpisodeView): number {
  return members.length > 0 ? members.length : Math.abs(to - from)
}

/** `✓ detected → ✓ decided → ⏳ creating 1 of 2 → ○ in service → ○ settled`: what is past, what is under way, what comes. */
function stageLine(view: EpisodeView, now: number): readonly Span[] {
  const [making, made, ready] =
    view.direction === 'out' ? ['creating', 'created', 'in service'] : ['draining', 'drained', 'gone']
  const done = view.members.filter(({ state }) => state === 'done').length
  const all = moving(view)
  const undecided = view.approval?.state === 'open'
  const complete = done === all && all > 0
  const past = (text: string): Span => glue(`✓ ${text}`)
  const present = (text: string): Span => bold(`⏳ ${text}`)
  const ahead = (text: string): Span => glue(`○ ${text}`)
  const working = undecided
    ? [present('deciding'), ahead(`${making} ${plural(all, 'member')}`), ahead(ready)]
    : complete
      ? [past('decided'), past(`${made} ${done} of ${all}`), past(ready)]
      : [past('decided'), present(`${making} ${Math.min(done + 1, all)} of ${all}`), ahead(ready)]
  const end = {
    working: complete ? present('settling') : ahead('settled'),
    settled: past('settled'),
    failed: bold('✗ failed'),
  }[view.stage]
  const middle =
    view.stage === 'settled'
      ? [past('decided'), past(`${made} ${all} of ${all}`), past(ready)]
      : view.stage === 'failed'
        ? [past('decided'), past(`${made} ${done} of ${all}`)]
        : working
  const start = past(view.detectedAt === null ? 'asked for' : 'detected')
  const seen = view.detectedAt === null ? [] : [glue(' '), instant(view.detectedAt, now)]
  const rest = view.approval?.state === 'denied' ? [bold('✗ denied')] : [...middle, end]
  return [start, ...seen, glue('  →  '), ...chain('  →  ', ...rest)]
}
