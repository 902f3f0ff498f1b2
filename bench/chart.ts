import { createDraw } from '../src/charts/draw.ts'
import { createLocalRenderer } from '../src/charts/local-renderer.ts'
import type { ChartSpec } from '../src/core/model/chart.ts'
import { compare, line, median } from './measure.ts'

// How long a chart takes (800 × 360 at scale 2): the first, then the median, drawn in a thread of its own and, to compare,
// in the asking thread; and how long the asking thread stands still meanwhile. `node bench/run.ts chart`.
const ROUNDS = 20
const POINTS = 300
const FROM = Date.UTC(2026, 0, 5, 14)
const MINUTE = 60_000

function spec(lines: number): ChartSpec {
  const at = Array.from({ length: POINTS }, (_, index) => FROM + (index * 30 * MINUTE) / (POINTS - 1))
  return {
    title: 'CPU of pool web',
    subtitle: 'mean of its members',
    stat: 'cpu',
    unit: 'fraction',
    fromAt: FROM,
    toAt: FROM + 30 * MINUTE,
    lines: Array.from({ length: lines }, (_, line) => ({
      label: `web-${line + 1}`,
      at,
      value: at.map((_, index) => 0.5 + 0.3 * Math.sin(index / 20 + line) + 0.05 * Math.sin(index * 7)),
    })),
    counts: { at: [FROM, FROM + 12 * MINUTE], value: [2, 4] },
    target: 0.6,
    events: [{ at: FROM + 12 * MINUTE, label: '+2', direction: 'out' }],
  }
}

const renderer = createLocalRenderer()
const ms = (value: number): string => `${value.toFixed(1)} ms`
try {
  const startedAt = performance.now()
  await renderer.render(spec(1), { theme: 'dark' })
  line("first chart, with the thread's start", ms(performance.now() - startedAt))
  const draw = createDraw()
  line('then, median', 'own thread', 'asking thread', 'PNG')
  for (const lines of [1, 5, 24]) {
    const data = spec(lines)
    let bytes = 0
    const took = await compare(ROUNDS, {
      thread: async () => (bytes = (await renderer.render(data, { theme: 'dark' })).length),
      here: () => draw(data, { theme: 'dark' }),
    })
    line(`${lines} × ${POINTS} points`, ms(took.thread), ms(took.here), `${Math.round(bytes / 1000)} kB`)
  }
  const blocked = {
    thread: await longestPause(() => renderer.render(spec(5), { theme: 'dark' })),
    here: await longestPause(async () => draw(spec(5), { theme: 'dark' })),
  }
  line('longest standstill of the asking thread', ms(blocked.thread), ms(blocked.here))
} finally {
  await renderer.close()
}

/** How late a 1 ms timer fires at worst while `work` is done ten times: the median of the ten. */
async function longestPause(work: () => Promise<unknown>): Promise<number> {
  const worst: number[] = []
  for (let round = 0; round < 10; round++) {
    let longest = 0
    let last = performance.now()
    const look = (): void => {
      const now = performance.now()
      longest = Math.max(longest, now - last - 1)
      last = now
    }
    const pulse = setInterval(look, 1)
    await work()
    await new Promise((resolve) => setTimeout(resolve, 2))
    look()
    clearInterval(pulse)
    worst.push(longest)
  }
  return median(worst)
}
