import type { EpisodeView, Tone } from '../../../core/model/view.ts'
import { duration, plural } from '../../../core/model/words.ts'
import { costs, people } from './change-words.ts'
import { stages } from './episode-stages.ts'
import { bare, escape, prose } from './escape.ts'
import { buttons, chart, headline, present, rows, small, text } from './parts.ts'
import type { DiscordContext, Part, Sheet, Text } from './parts.ts'
import { clock, day, minute, since } from './when.ts'

const TONES: Readonly<Record<EpisodeView['stage'], Tone>> = { working: 'info', settled: 'good', failed: 'bad' }
const MARKS = { working: '⏳', settled: '✅', failed: '❌' } as const
const MEMBER_MARKS = { working: '…', done: '✓', failed: '✗' } as const

/** One scale event: a compact card, with its members and its chart in the thread. */
export function episode(view: EpisodeView, context: DiscordContext): Sheet {
  const tone =
    view.stage === 'working' && view.members.some(({ state }) => state === 'failed') ? 'warn' : TONES[view.stage]
  const asked = view.approval?.state === 'open'
  const denied = view.approval?.state === 'denied'
  return {
    main: {
      tone: asked ? 'warn' : denied ? 'bad' : tone,
      parts: present([
        headline(
          asked ? '🙋' : denied ? '🚫' : MARKS[view.stage],
          `${escape(view.pool, 60)}: ${head(view, context.now)}`,
        ),
        text(1, ...prose(view.reason)),
        text(1, stages(view)),
        text(
          1,
          ...view.members
            .filter(({ state }) => state === 'failed')
            .slice(0, 3)
            .map(failure),
        ),
        text(2, `**${view.from} → ${view.to}** · ${costs(view)} · ${approved(view)}`, note(view)),
        flapping(view),
        buttons(view.actions),
      ]),
    },
    // Nothing took place that there were details of.
    thread: denied
      ? null
      : {
          name: `${bare(view.pool, 60)}: ${view.from} → ${view.to}, ${minute(view.startedAt)}`,
          draft: { tone, parts: details(view, context) },
        },
  }
}

function head(view: EpisodeView, now: number): string {
  const sizes = `${view.direction} ${view.from} → ${view.to}`
  const took = duration((view.endedAt ?? now) - view.startedAt)
  const done = view.members.filter(({ state }) => state === 'done').length
  const all = `${done} of ${Math.max(view.members.length, Math.abs(view.to - view.from))}`
  const there = view.direction === 'out' ? 'in service' : 'gone'
  if (view.approval?.state === 'denied') return `scale ${sizes}, ${approved(view)}`
  switch (view.stage) {
    case 'working':
      return view.approval?.state === 'open' ? `scale ${sizes}?` : `scaling ${sizes}, ${all} ${there}`
    case 'settled':
      return `scaled ${sizes} in ${took}`
    case 'failed':
      return `scaling ${sizes} failed after ${took}, ${all} ${there}`
    default:
      return view.stage satisfies never
  }
}

function approved({ approval, actor }: EpisodeView): string {
  const by = escape(actor.name, 80)
  if (approval === null) return `by ${by}`
  const names = approval.by.length === 0 ? '' : ` by ${people(approval.by)}`
  switch (approval.state) {
    case 'open':
      return `asked of the team${approval.by.length === 0 ? '' : `, approved${names} so far`}`
    case 'approved':
      return `approved${names}`
    case 'denied':
      return `denied${names}`
    case 'expired':
      return 'nobody answered'
    case 'superseded':
      return 'overtaken by events'
    default:
      return approval.state satisfies never
  }
}

function note({ approval }: EpisodeView): string {
  return approval === null || approval.note === null ? '' : `> ${escape(approval.note, 300)}`
}

function failure({ id, label, detail }: EpisodeView['members'][number]): string {
  return `❌ **${escape(id, 80)}** ${escape(label, 80)}${detail === null ? '' : `: ${escape(detail, 300)}`}`
}

const MOST_EARLIER = 3

/** What this card told before; the newest first, for the eye that comes late. */
function flapping({ earlier }: EpisodeView): Text | null {
  if (earlier.length === 0) return null
  const newest = earlier.toReversed().slice(0, MOST_EARLIER)
  const older = earlier.length - newest.length
  return text(
    3,
    `🔁 **Flapping**, ${plural(earlier.length, 'earlier change')} on this card${older > 0 ? `; the last ${newest.length}` : ''}:`,
    ...newest.map((one) => small(`${clock(one.at)} ${one.from} → ${one.to}: ${escape(one.reason, 160)}`)),
  )
}

function details(view: EpisodeView, context: DiscordContext): readonly Part[] {
  const cells = view.members.map(({ id, label, state, tookMs }) => [
    MEMBER_MARKS[state],
    id,
    label,
    tookMs === null ? '' : duration(tookMs),
  ])
  const told = view.members.filter(({ detail }) => detail !== null && detail !== '')
  return present([
    text(
      0,
      `**${view.from} → ${view.to}** ${view.approval?.state === 'open' ? 'was asked' : 'began'} ${day(view.startedAt)}, ${view.endedAt === null ? since(view.startedAt) : `ended ${clock(view.endedAt)}`}`,
    ),
    chart(view.chart, context),
    rows(1, cells, [3]),
    text(2, ...told.map(({ id, detail }) => `**${escape(id, 80)}** ${escape(detail ?? '', 400)}`)),
    text(
      3,
      ...view.earlier
        .toReversed()
        .map((one) => `${clock(one.at)} **${one.from} → ${one.to}** ${escape(one.reason, 300)}`),
    ),
  ])
}
