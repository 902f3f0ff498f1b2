import { createLocalRenderer } from '../charts/local-renderer.ts'
import type { ChartSpec } from '../core/model/chart.ts'
import { bestOf, type Contender, type Result } from '../simulate/contest.ts'
import type { Demand } from '../simulate/demand.ts'
import type { Second } from '../simulate/world.ts'

/** What a contender's run looked like, in as many stretches as a chart can show. */
export interface Track {
  add(contender: Contender, second: Second): void
  /** Demand, Spinup's capacity and the best rival's, and when either was slow. */
  spec(results: readonly Result[]): ChartSpec
}

const STRETCHES = 720

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
      const top = Math.max(...wanted, ...shown.flatMap(({ contender }) => [...courses.get(contender.key)!.capacity]))
      const slow = shown.map(({ contender, score }, index) => ({
        label: `${contender.name} slow: ${score.overloadedS} s`,
        at,
        value: [...courses.get(contender.key)!.slow].map((is) => (is === 1 ? top * (1.16 - 0.08 * index) : null)),
      }))
      return {
        title: `${demand.name}: demand and capacity`,
        subtitle: shown.map(({ contender, score }) => `${contender.name} ${score.score.toFixed(1)}`).join('  ·  '),
        stat: 'requests/s',
        unit: 'number',
        fromAt: demand.startsAt * 1000,
        toAt: (demand.startsAt + demand.seconds) * 1000,
        lines: [
          ...shown.map(({ contender }) => ({
            label: contender.name,
            at,
            value: [...courses.get(contender.key)!.capacity],
            stepped: true,
          })),
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

/** The chart as a PNG. */
export async function drawChart(spec: ChartSpec): Promise<Uint8Array> {
  const renderer = createLocalRenderer()
  try {
    return await renderer.render(spec, { theme: 'dark', width: 1100, height: 460 })
  } finally {
    await renderer.close()
  }
}
