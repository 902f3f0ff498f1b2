import type { AnswerView } from '../core/model/view.ts'
import { plural } from '../core/model/words.ts'
import type { Received } from './chats.ts'
import type { ApiTally } from './cloud/cloud.ts'
import type { Second } from './traffic/tally.ts'

/** How a stretch of seconds was for visitors: answered a second, and a typical second's 95th percentile. */
export interface Stretch {
  readonly rps: number
  readonly p95Ms: number
}

/** What the story showed; the last line of `npm run demo -- --headless --json`. */
export interface Figures {
  readonly quiet: Stretch
  readonly overload: Stretch
  readonly recovered: Stretch
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

/** Mean answered a second, and the median of the seconds' 95th percentiles. */
export function stretchOf(seconds: readonly Second[]): Stretch {
  const p95s = seconds
    .map((second) => second.p95Ms)
    .filter((p95) => p95 !== null)
    .toSorted((a, b) => a - b)
  const answered = seconds.reduce((sum, second) => sum + second.answered, 0)
  return {
    rps: Math.round((answered / Math.max(1, seconds.length)) * 10) / 10,
    p95Ms: p95s[Math.floor(p95s.length / 2)] ?? 0,
  }
}

/** The same numbers in words, for the channel. */
export function figuresCard(figures: Figures): AnswerView {
  const { quiet, overload, recovered } = figures
  const line = (stretch: Stretch): string =>
    `${Math.round(stretch.rps)} requests/s, p95 ${Math.round(stretch.p95Ms)} ms`
  return {
    kind: 'answer',
    tone: figures.failedRequests === 0 && figures.clonesEnd === 0 ? 'good' : 'warn',
    title: 'You made the front page, and your site stayed up',
    text: `${(figures.decisionMs / 1000).toFixed(1)} s after the jump Spinup decided; ${(figures.inServiceMs / 1000).toFixed(1)} s later the first clone served. At the peak there were ${plural(figures.clonesPeak, 'clone')}; now that it is quiet again there ${figures.clonesEnd === 1 ? 'is 1' : `are ${figures.clonesEnd}`}.`,
    fields: [
      { name: 'Quiet', value: line(quiet) },
      { name: 'Overloaded', value: line(overload) },
      { name: 'Recovered', value: line(recovered) },
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
