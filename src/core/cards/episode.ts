import type { EpisodeView, StepLine } from '../model/view.ts'
import { duration, plural } from '../model/words.ts'
import {
  actions,
  card,
  chart,
  facts,
  notes,
  rows,
  said,
  there,
  type Card,
  type Head,
  type Row,
  type Stage,
} from './card.ts'
import { ANSWERS, costChange, listed, oneLine, poolName } from './words.ts'

/** One scale event: the card says how far it is, the details hold each member's step and the chart. */
export function episodeCard(view: EpisodeView): Card {
  const { members, approval, actor, startedAt, detectedAt, endedAt } = view
  const denied = approval?.state === 'denied'
  const working = view.stage === 'working' && approval?.state !== 'open'
  const failed = members.filter(({ state }) => state === 'failed')
  const earlier = view.earlier.toReversed().map(earlierRow)
  return card(
    head(view),
    [
      { kind: 'stages', stages: stagesOf(view) },
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
      said(approval?.note ?? null, 'story', 'Note'),
      facts([
        ['Members', `${view.from} → ${view.to}`],
        ['Cost', costChange(view)],
      ]),
      rows(earlier.slice(0, MOST_EARLIER), 'earlier change', 'detail', true),
      notes(actor.platform === 'spinup' ? 'by Spinup' : `requested by ${actor.name}`, approvedBy(approval), [
        'started ',
        { at: startedAt, as: 'ago' },
      ]),
      actions(view.actions),
    ],
    {
      gist: view.reason,
      urgency: view.stage === 'failed' ? 'trouble' : 'change',
      final: view.stage !== 'working',
      timer: working ? { at: startedAt, counts: 'up' } : null,
      // Where nothing took place there are no details of it.
      details: denied
        ? null
        : {
            title: `${poolName(view.pool)}: scale ${view.direction} ${view.from} → ${view.to}`,
            at: startedAt,
            blocks: there([
              members.length === 0 ? null : { kind: 'steps', steps: members.map(step) },
              rows(earlier, 'earlier change', 'detail'),
              chart(view.chart),
              notes(
                detectedAt === null ? '' : ['detected ', { at: detectedAt, as: 'clock' }],
                endedAt === null ? '' : ['ended ', { at: endedAt, as: 'clock' }],
              ),
            ]),
          },
    },
  )
}

const MOST_EARLIER = 4

function earlierRow({ at, from, to, reason }: EpisodeView['earlier'][number]): Row {
  return { mark: 'again', words: [{ at, as: 'clock' }, `  ${from} → ${to}  `, oneLine(reason, 300)] }
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

/** `detected → decided → creating 1 of 2 → in service → settled`: what is past, what is under way, what comes. */
function stagesOf(view: EpisodeView): readonly Stage[] {
  const { direction, stage, approval, detectedAt, members } = view
  const [making, made, ready] =
    direction === 'out' ? ['creating', 'created', 'in service'] : ['draining', 'drained', 'gone']
  const start: Stage = {
    state: 'done',
    words: detectedAt === null ? ['asked for'] : ['detected ', { at: detectedAt, as: 'clock' }],
  }
  const all = moving(view)
  const done = members.filter(({ state }) => state === 'done').length
  const one = (state: Stage['state'], words: string): Stage => ({ state, words: [words] })
  if (approval?.state === 'denied') return [start, one('failed', 'denied')]
  if (approval?.state === 'open') {
    return [
      start,
      one('doing', 'deciding'),
      one('todo', `${making} ${plural(all, 'member')}`),
      one('todo', ready),
      one('todo', 'settled'),
    ]
  }
  const decided = [start, one('done', 'decided')]
  if (stage === 'settled')
    return [...decided, one('done', `${made} ${all} of ${all}`), one('done', ready), one('done', 'settled')]
  if (stage === 'failed') return [...decided, one('done', `${made} ${done} of ${all}`), one('failed', 'failed')]
  return done === all && all > 0
    ? [...decided, one('done', `${made} ${done} of ${all}`), one('done', ready), one('doing', 'settling')]
    : [
        ...decided,
        one('doing', `${making} ${Math.min(done + 1, all)} of ${all}`),
        one('todo', ready),
        one('todo', 'settled'),
      ]
}

/** How far it is, how long it took, or what the team said. */
function head(view: EpisodeView): Head {
  const { direction, from, to, stage, members, approval } = view
  const sizes = `${direction} ${from} → ${to}`
  const pool = poolName(view.pool)
  if (approval?.state === 'open') return { tone: 'warn', mark: 'question', headline: `${pool}: scale ${sizes}?` }
  if (approval?.state === 'denied') {
    return { tone: 'bad', mark: 'denied', headline: `${pool}: scale ${sizes}, ${approvedBy(approval)}` }
  }
  const took = view.endedAt === null ? null : duration(view.endedAt - view.startedAt)
  const again = view.earlier.length > 0 ? `, change ${view.earlier.length + 1} in a row` : ''
  switch (stage) {
    case 'working': {
      const failing = members.some(({ state }) => state === 'failed')
      return {
        tone: failing ? 'warn' : 'info',
        mark: failing ? 'warn' : direction,
        headline: `${pool}: scaling ${sizes}, ${progress(view)}${again}`,
      }
    }
    case 'settled':
      return {
        tone: 'good',
        mark: 'good',
        headline: `${pool}: scaled ${sizes}${took === null ? '' : ` in ${took}`}${again}`,
      }
    case 'failed':
      return {
        tone: 'bad',
        mark: 'bad',
        headline: `${pool}: scaling ${sizes} failed${took === null ? '' : ` after ${took}`}, ${progress(view)}${again}`,
      }
    default:
      return stage satisfies never
  }
}

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
