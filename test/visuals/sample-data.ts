import type { VisualData, VisualSeries } from '../../src/core/visual/visual.ts'
import { seeded } from '../store/example-state.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** A Monday at noon. */
export const NOW = Date.UTC(2026, 10, 30, 12)

const WORDS =
  'redis bolt slack discord droplet autoscaler haproxy caddy node typescript postgres docker kubernetes lua grafana agent ' +
  'snapshot clone latency queue cache sse websocket cron deploy rollback on-call incident budget tls dns http2 backpressure ' +
  'load-balancing rate-limiting observability tracing metrics histogram percentile memory cpu disk network linux systemd'

/** Tags with a long tail, as a blog has them; `count` of them. */
export function tagsOf(count: number): VisualData['tags'] {
  const words = WORDS.split(' ')
  const counts = Array.from({ length: count }, (_, index) => ({
    text: index < words.length ? words[index]! : `${words[index % words.length]} ${Math.floor(index / words.length)}`,
    count: Math.max(1, Math.round(4000 / (index + 1) ** 0.8)),
  }))
  return [
    { name: 'tags', counts, other: 214 },
    {
      name: 'referrer',
      counts: [
        { text: 'news.ycombinator.com', count: 1240 },
        { text: 'reddit.com', count: 310 },
        { text: 'lobste.rs', count: 95 },
      ],
      other: 40,
    },
  ]
}

/** A pool with days and nights, a crowd two hours before its end, and members of unequal load. */
export function sampleData(rangeMs: number, points: number, members = 5): VisualData {
  const random = seeded(7)
  const [fromAt, toAt] = [NOW - rangeMs, NOW]
  const step = rangeMs / points
  const at = Array.from({ length: points }, (_, index) => fromAt + (index + 1) * step)
  const crowd = NOW - 2 * HOUR
  const load = (instant: number, share: number): number => {
    const hour = ((instant / HOUR) % 24) + 1
    const workday = Math.floor(instant / DAY + 3) % 7 < 5 ? 1 : 0.55
    const day = 0.12 + 0.42 * workday * Math.exp(-(((hour - 15) / 4.5) ** 2))
    const since = (instant - crowd) / MINUTE
    const spike = since < 0 || since > 90 ? 0 : 0.55 * Math.min(1, since / 6) * Math.exp(-Math.max(0, since - 8) / 30)
    return Math.min(0.98, Math.max(0.02, (day + spike + (random() - 0.5) * 0.07) * share))
  }
  const series = (member: string | null, share: number): VisualSeries => {
    const value = at.map((instant) => load(instant, share))
    return {
      stat: 'cpu',
      unit: 'fraction',
      member,
      at,
      value,
      min: value.map((one) => one * 0.8),
      max: value.map((one) => Math.min(1, one * 1.2)),
    }
  }
  const days = Math.max(1, Math.round(rangeMs / DAY))
  return {
    pool: 'web',
    timeZone: 'Europe/Berlin',
    fromAt,
    toAt,
    series: [
      series(null, 1),
      ...Array.from({ length: members }, (_, index) =>
        series(`web-${index + 1}`, 1.25 - index * (0.9 / Math.max(1, members - 1))),
      ),
    ],
    tags: tagsOf(200),
    members: {
      at: [fromAt, crowd + 5 * MINUTE, crowd + 14 * MINUTE, crowd + 80 * MINUTE],
      value: [2, 4, 5, 2],
      most: 6,
    },
    events: [
      ...Array.from({ length: Math.min(30, days) }, (_, index) => ({
        at: NOW - DAY * (index + 1) + HOUR,
        endedAt: null,
        direction: index % 3 === 2 ? ('in' as const) : ('out' as const),
        from: 2,
        to: index % 3 === 2 ? 1 : 3,
        reason: 'CPU was above its target of 60 %',
      }))
        .filter((_, index) => index % 4 !== 3)
        .toReversed(),
      {
        at: crowd + 2 * MINUTE,
        endedAt: crowd + 5 * MINUTE,
        direction: 'out' as const,
        from: 2,
        to: 4,
        reason: 'CPU is at 84 %, above the target of 60 %',
      },
      {
        at: crowd + 11 * MINUTE,
        endedAt: crowd + 14 * MINUTE,
        direction: 'out' as const,
        from: 4,
        to: 5,
        reason: 'CPU is at 71 %, above the target of 60 %',
      },
      {
        at: crowd + 76 * MINUTE,
        endedAt: crowd + 80 * MINUTE,
        direction: 'in' as const,
        from: 5,
        to: 2,
        reason: 'it is quiet',
      },
    ].filter((event) => event.at >= fromAt),
    cost: Array.from({ length: days }, (_, index) => ({
      at: Math.floor((NOW - (days - 1 - index) * DAY) / DAY) * DAY - HOUR,
      dollars: 0.8 + random() * 0.9 + (index % 7 === 4 ? 1.6 : 0),
    })),
  }
}
