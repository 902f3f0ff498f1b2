import type { AnswerView } from '../core/model/view.ts'
import { plural } from '../core/model/words.ts'
import type { Received } from './chats.ts'
import type { ApiTally } from './cloud/cloud.ts'

/** How a stretch of time was for visitors: answered a second, and the 95th percentile of what all who came in it waited. */
export interface Stretch {
  readonly rps: number
  readonly p95Ms: number
}

/** What the story showed; the last line of `npm run demo -- --headless --json`. */
export interface Figures {
  readonly quiet: Stretch
  /** From the jump of the load to the first clone in service. */
  readonly overload: Stretch
  readonly recovered: Stretch
  /** What those waited who came between the jump and the first clone in service, 95th percentile, ms. */
  readonly waitedMs: number
  /** Visits that failed from the moment the pool had recovered to the end, scale in included. */
  readonly failedRequests: number
  /** From the jump of the load to the decision to scale out. */
  readonly decisionMs: number
  /** From that decision to the first clone in service. */
  readonly inServiceMs: number
  readonly clonesPeak: number
  readonly clonesEnd: number
  readonly views: readonly string[]
  /** PNG files. */
  readonly charts: readonly string[]
  /** How much of the API was used. */
  readonly api: ApiTally
  /** What each chat's channel received. */
  readonly chats?: Readonly<Record<string, Received>>
}

/** So many times the quiet wait is an overload that anybody can see. */
const SEEN = 5

/** What is wrong with the story, in a sentence; null: it is convincing. */
export function flawOf(figures: Figures): string | null {
  const { quiet, waitedMs, recovered, failedRequests, clonesEnd } = figures
  const ratio = waitedMs / quiet.p95Ms
  if (!(ratio >= SEEN)) {
    return `The overload was not to be seen: p95 ${wait(quiet.p95Ms)} in the quiet, ${wait(waitedMs)} until the first clone, which is less than ${SEEN} times as long.`
  }
  if (recovered.p95Ms > waitedMs / 2) {
    return `The clones did not help: p95 ${wait(waitedMs)} before them, ${wait(recovered.p95Ms)} with them.`
  }
  if (failedRequests > 0) return `${plural(failedRequests, 'visit')} failed after the pool had recovered.`
  if (clonesEnd > 0) return `${plural(clonesEnd, 'clone')} did not leave.`
  return null
}

/** A wait as people say it: `38 ms`, `5.2 s`. */
export function wait(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

export function stretchLine({ rps, p95Ms }: Stretch): string {
  return `${Math.round(rps)} requests/s, p95 ${wait(p95Ms)}`
}

/** The same numbers in words, for the channel. */
export function figuresCard(figures: Figures): AnswerView {
  const { quiet, overload, recovered, decisionMs, inServiceMs } = figures
  const flaw = flawOf(figures)
  const peak = plural(figures.clonesPeak, 'clone')
  return {
    kind: 'answer',
    tone: flaw === null ? 'good' : 'warn',
    title: flaw === null ? 'You made the front page, and your site stayed up' : 'The demo failed',
    text:
      flaw ??
      `Decided after ${wait(decisionMs)}; the first clone served ${wait(inServiceMs)} later. ${peak} at the peak, none now.`,
    fields: [
      { name: 'Quiet', value: stretchLine(quiet) },
      { name: 'Overloaded', value: stretchLine(overload) },
      { name: 'Recovered', value: stretchLine(recovered) },
      { name: 'Failed after recovery', value: String(figures.failedRequests) },
      { name: 'DigitalOcean’s API', value: apiLine(figures.api) },
    ],
    actions: [
      { action: 'run:/spinup history', label: 'History', style: 'primary' },
      { action: 'run:/spinup stats cpu last 5m', label: 'Chart', style: 'plain' },
    ],
  }
}

function apiLine({ requests, mostPerMinute, limitPerMinute, refused }: ApiTally): string {
  return `${requests} requests, at most ${mostPerMinute} of ${limitPerMinute} in a minute, ${refused} refused`
}
