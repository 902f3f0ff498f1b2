import type { StatFigures, StatsView } from '../model/view.ts'
import { duration, percent, plainNumber, statTitle } from '../model/words.ts'
import { card, chart, facts, notes, type Block, type Card, type Span } from './card.ts'
import { oneLine, poolName } from './words.ts'

/** One stat over a range, or two: the numbers, the chart, each member's. */
export function statsCard(view: StatsView): Card {
  const whose = view.member === null ? poolName(view.pool) : oneLine(view.member, 40)
  const range = view.range ?? `last ${duration(view.toAt - view.fromAt)}`
  // Of a range that is over there is no “now”.
  const past = view.range !== undefined
  const figure = (one: StatFigures): string => (past ? shown(one, one.mean) : nowOf(one))
  const others = view.available.filter((stat) => stat !== view.stat && stat !== view.also?.stat)
  const both = view.also === null ? [view] : [view, view.also]
  return card(
    {
      tone: 'info',
      mark: 'chart',
      headline: `${both.map(nameOf).join(' and ')} of ${whose}: ${both.map(figure).join(' and ')}${past ? ' on average' : ' now'}, ${range}`,
    },
    [
      ...(view.also === null ? [numbers(view)] : [compared(view, view.also)]),
      chart(view.chart),
      view.also === null && view.member === null ? perMember(view) : null,
      view.also === null || view.p95OfMs === null ? null : notes(`p95 is of ${duration(view.p95OfMs)} means.`),
      others.length === 0
        ? null
        : notes([
            'Also reported: ',
            ...others.flatMap((stat, index): readonly Span[] => [
              ...(index === 0 ? [] : [', ']),
              { code: stat, type: `/spinup stats ${stat}` },
            ]),
          ]),
      view.by === undefined ? null : notes(`${oneLine(view.by, 40)} posted this.`),
    ],
    // What a person wants the others to see is more than an answer.
    view.by === undefined ? {} : { urgency: 'change' },
  )
}

function numbers(view: StatsView): Block | null {
  const highest = shown(view, view.max)
  return facts([
    ...(view.range === undefined ? [['Now', nowOf(view)] as const] : []),
    ['Mean', shown(view, view.mean)],
    [percentileOf(view), shown(view, view.p95)],
    ['Highest', view.hottest === null ? highest : `${highest}, ${oneLine(view.hottest, 40)}`],
  ])
}

function compared(...both: readonly StatFigures[]): Block {
  return {
    kind: 'table',
    head: ['', 'NOW', 'MEAN', 'P95', 'HIGHEST'],
    rows: both.map((one) => [nameOf(one), nowOf(one), shown(one, one.mean), shown(one, one.p95), shown(one, one.max)]),
    right: [1, 2, 3, 4],
    noun: 'statistic',
    rank: 'facts',
  }
}

function perMember(view: StatsView): Block {
  return {
    kind: 'table',
    head: ['', 'NOW', 'MEAN'],
    rows: view.perMember.map(({ id, now, mean }) => [id, shown(view, now), shown(view, mean)]),
    right: [1, 2],
    noun: 'member',
    rank: 'detail',
  }
}

/** Of roll-ups it is not what it is of samples, and says so. */
function percentileOf({ p95OfMs }: StatFigures): string {
  return p95OfMs === null ? 'p95' : `p95 of ${duration(p95OfMs)} means`
}

function nameOf({ stat }: StatFigures): string {
  return oneLine(statTitle(stat), 40)
}

function nowOf(figures: StatFigures): string {
  return shown(figures, figures.now)
}

function shown({ unit }: StatFigures, value: number | null): string {
  return value === null ? '–' : unit === 'fraction' ? percent(value) : plainNumber(value)
}
