import { createLocalRenderer } from '../charts/local-renderer.ts'
import type { ChartSpec } from '../core/model/chart.ts'
import { duration, plainNumber } from '../core/model/words.ts'
import { bestOf, type Contender, type Result } from '../simulate/contest.ts'
import type { Demand } from '../simulate/demand.ts'
import type { Second } from '../simulate/world/play.ts'

/** What a contender's run looked like, in as many stretches as a chart can show. */
export interface Track {
  add(contender: Contender, second: Second): void
  /** Demand, Spinup's capacity and the best rival's, and when either was slow. */
  spec(results: readonly Result[]): ChartSpec
}

const STRETCHES = 720
const LEAST = 5
/** Capacity is drawn up to so many times the highest of demand and of Spinup's own. */
const ROOM = 1.25

interface Course {
  readonly capacity: Float64Array
  readonly slow: Uint8Array
}

export function createTrack(demand: Demand, memberRps: number): Track {
  const stepS = Math.max(1, Math.ceil(demand.seconds / STRETCHES))
  const length = Math.ceil(demand.seconds / stepS)
  const wanted = new Float64Array(length)
  const courses = new Map<string, Course>()
  const at = Array.from({ length }, (_, index) => (demand.startsAt + index * stepS) * 1000)
  return {
    add: ({ key, kind }, second) => {
      if (kind === 'yardstick') return
      const course = courses.get(key) ?? { capacity: new Float64Array(length), slow: new Uint8Array(length) }
      courses.set(key, course)
      const index = Math.floor(second.t / stepS)
      // The most of a stretch on both sides, so that what is too little shows.
      wanted[index] = Math.max(wanted[index]!, second.wanted)
      course.capacity[index] = Math.max(course.capacity[index]!, second.serving * memberRps)
      if (second.overloaded) course.slow[index] = 1
    },
    spec: (results) => {
      const shown = [bestOf(results, 'spinup'), bestOf(results, 'rival')].filter((one) => one !== null)
      const course = ({ contender }: Result): Course => courses.get(contender.key)!
      // Someone who orders far too much must not squeeze everything else into the lowest tenth.
      const top = ROOM * Math.max(...wanted, ...(shown[0] === undefined ? [] : course(shown[0]).capacity))
      const slow = shown.map((result, index) => ({
        label: `${result.contender.name} slow ${duration(result.score.overloadedS * 1000)}`,
        at,
        value: visible(course(result).slow).map((is) => (is ? top * (1.14 - 0.07 * index) : null)),
      }))
      return {
        title: `${demand.name}: requests a second, and what each pool could serve`,
        subtitle: `score (less is better): ${shown.map(({ contender, score }) => `${contender.name} ${score.score.toFixed(1)}`).join(', ')}`,
        stat: 'requests/s',
        unit: 'number',
        fromAt: demand.startsAt * 1000,
        toAt: (demand.startsAt + demand.seconds) * 1000,
        lines: [
          ...shown.map((result) => {
            const { capacity } = course(result)
            const most = Math.max(...capacity)
            const beyond = most > top ? `, up to ${plainNumber(most)}` : ''
            return {
              label: `${result.contender.name}${beyond}`,
              at,
              value: [...capacity].map((value) => Math.min(value, top)),
              stepped: true,
            }
          }),
          { label: 'demand', at, value: [...wanted] },
          ...slow,
        ],
        counts: null,
        target: null,
        events: [],
      }
    },
  }
}

/** A slow minute of two days would be less than a pixel: each is shown at least this wide, in stretches. */
function visible(slow: Uint8Array): readonly boolean[] {
  const shown = Array.from(slow, (is) => is === 1)
  for (let index = slow.length - 1; index >= 0; index--) {
    if (slow[index] === 1) shown.fill(true, index, Math.min(slow.length, index + LEAST))
  }
  return shown
}

/** The chart as a PNG. */
export async function drawChart(spec: ChartSpec): Promise<Uint8Array> {
  const renderer = createLocalRenderer()
  try {
    return await renderer.render(spec, { theme: 'dark', width: 1100, height: 460 })
  } finally {
    await renderer.close()
  }
}
