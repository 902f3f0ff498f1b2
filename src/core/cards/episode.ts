import type { EpisodeView, StepLine } from '../model/view.ts'
import { clockMinutes, timeOfDay, zoneOf } from '../model/time-zone.ts'
import { cost, duration } from '../model/words.ts'
import { actions, card, chart, notes, rows, said, there, type Card, type Head, type Row } from './card.ts'
import { ANSWERS, costChange, listed, oneLine, poolName, quoted } from './words.ts'

/** One scale event, or a crowd: what happens, why, and what it costs; each member's step and the chart are in the details. */
export function episodeCard(view: EpisodeView): Card {
  const { members, approval, actor, startedAt, detectedAt, endedAt, crowd } = view
  const working = view.stage === 'working' && approval?.state !== 'open'
  const failed = members.filter(({ state }) => state === 'failed')
  const earlier = view.earlier.toReversed().map(earlierRow)
  return card(
    head(view),
    [
      rows(
        failed.map(({ id, label, detail }) => ({
          mark: 'bad',
          words: [{ strong: id }, ` ${oneLine(detail ?? label, 300)}`],
        })),
        'failure',
        'facts',
        true,
      ),
      said(view.reason),
      said(quoted(approval?.note ?? null)),
      notes(
        isWhole(view) || approval?.state === 'denied' ? '' : costChange(view),
        approval?.state === 'approved' ? approvedBy(approval) : '',
      ),
      actions(view.actions),
    ],
    {
      gist: view.reason,
      urgency: view.stage === 'failed' ? 'trouble' : 'change',
      final: view.stage !== 'working',
      timer: working ? { at: startedAt, counts: 'up' } : null,
      // Where nothing took place there are no details of it.
      details:
        approval?.state === 'denied'
          ? null
          : {
              title: `${poolName(view.pool)} ${firstSizes(view)}, ${timeOfDay(crowd?.since ?? startedAt, 0, zoneOf(view.timeZone))}`,
              blocks: there([
                members.length === 0 ? null : { kind: 'steps', steps: members.map(step) },
                rows(earlier, 'earlier change', 'detail'),
                chart(view.chart),
                notes(
                  actor.platform === 'spinup' ? 'by Spinup' : `by ${actor.name}`,
                  isWhole(view) ? costChange(view) : '',
                  detectedAt === null ? '' : ['detected ', { at: detectedAt, as: 'clock' }],
                  ['started ', { at: startedAt, as: 'clock' }],
                  endedAt === null ? '' : ['ended ', { at: endedAt, as: 'clock' }],
                ),
              ]),
            },
    },
  )
}

function earlierRow({ at, from, to, reason }: EpisodeView['earlier'][number]): Row {
  return { mark: 'again', words: [{ at, as: 'clock' }, `  ${from} → ${to}  `, oneLine(reason, 300)] }
}

/** A crowd that is over: its first clone came and its last one went. */
function isWhole({ crowd, stage }: EpisodeView): boolean {
  return stage === 'settled' && crowd !== undefined && crowd.dollars !== null
}

/** What it began with: threads are named once. */
function firstSizes({ earlier, from, to }: EpisodeView): string {
  const first = earlier[0] ?? { from, to }
  return `${first.from} → ${first.to}`
}

const STEPS = { working: 'doing', done: 'done', failed: 'failed' } as const

function step({ id, label, state, tookMs, detail }: EpisodeView['members'][number]): StepLine {
  const far = tookMs === null ? label : `${label} in ${duration(tookMs)}`
  return {
    label: id,
    state: STEPS[state],
    detail: detail === null || detail === '' ? far : `${far}: ${detail}`,
    progress: null,
  }
}

/** How far it is, how long it took, what the team said, or how a crowd went. */
function head(view: EpisodeView): Head {
  const { direction, from, to, stage, members, approval } = view
  const sizes = `${direction} ${from} → ${to}`
  const pool = poolName(view.pool)
  if (approval?.state === 'open') return { tone: 'warn', mark: 'question', headline: `${pool}: scale ${sizes}?` }
  if (approval?.state === 'denied') {
    return { tone: 'bad', mark: 'denied', headline: `${pool}: scale ${sizes}, ${approvedBy(approval)}` }
  }
  const took = view.endedAt === null ? null : duration(view.endedAt - view.startedAt)
  switch (stage) {
    case 'working': {
      const failing = members.some(({ state }) => state === 'failed')
      return {
        tone: failing ? 'warn' : 'info',
        mark: failing ? 'warn' : direction,
        headline: `${pool}: scaling ${sizes}, ${progress(view)}`,
      }
    }
    case 'settled': {
      const what = isWhole(view) ? crowdWords(view) : `scaled ${sizes}${took === null ? '' : ` in ${took}`}`
      return { tone: 'good', mark: 'good', headline: `${pool}: ${what}` }
    }
    case 'failed':
      return {
        tone: 'bad',
        mark: 'bad',
        headline: `${pool}: scaling ${sizes} failed${took === null ? '' : ` after ${took}`}, ${progress(view)}`,
      }
    default:
      return stage satisfies never
  }
}

/** `crowd 14:44–14:46: 1 → 6 → 1, p95 at worst 2.1 s, $0.02`; of a pool that goes back and forth, that it does. */
function crowdWords(view: EpisodeView): string {
  const { crowd, endedAt } = view
  if (crowd === undefined) return ''
  const { since, path, worstP95Ms, dollars } = crowd
  const zone = zoneOf(view.timeZone)
  // A zone that the team has set is its own clock.
  const whose = (view.timeZone ?? 'UTC') === 'UTC' ? ' UTC' : ''
  const time = `${clockMinutes(since, zone)}–${clockMinutes(endedAt ?? since, zone)}${whose}`
  const facts = [
    path.length > MOST_TURNS ? `${path[0]} → … ${path.slice(-3).join(' → ')}` : path.join(' → '),
    worstP95Ms === null ? '' : `p95 at worst ${duration(worstP95Ms)}`,
    dollars === null || dollars <= 0 ? '' : cost(dollars),
  ]
  // Up and down again is one crowd; more turns than that are none.
  return `${path.length > 3 ? 'back and forth' : 'crowd'} ${time}: ${facts.filter((fact) => fact !== '').join(', ')}`
}

const MOST_TURNS = 6

/** Members that come or go; they are not named yet when it begins. */
function moving({ members, from, to }: EpisodeView): number {
  return Math.max(members.length, Math.abs(to - from))
}

/** `1 of 2 in service`. */
function progress(view: EpisodeView): string {
  const done = view.members.filter(({ state }) => state === 'done').length
  return `${done} of ${moving(view)} ${view.direction === 'out' ? 'in service' : 'gone'}`
}

/** `approved by Ada and Grace`; empty where nobody was asked. */
function approvedBy(approval: EpisodeView['approval']): string {
  if (approval === null) return ''
  const by = approval.by.length === 0 ? '' : ` by ${listed(approval.by.map(({ name }) => name))}`
  return `${ANSWERS[approval.state]}${by}`
}
