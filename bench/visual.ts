import { createContext, Script } from 'node:vm'
import { EMPTY, orderOf } from '../test/visuals/orders.ts'
import { tagsOf } from '../test/visuals/sample-data.ts'
import { createPreparation } from '../src/visuals/prepare.ts'
import { createSandbox } from '../src/visuals/sandbox.ts'
import { compare, line } from './measure.ts'

// What the sandbox costs: a transform of 200 lines over 1,000 points, in it and in node:vm, which is no sandbox; and a word
// cloud of 500 tags as PNG. Exit status 1 where either is slower than promised. `node bench/run.ts visual`.
const ROUNDS = 15
const POINTS = 1_000
const LINES = 200
const MOST_TIMES = 3.5
const MOST_CLOUD_MS = 400

/** Each line reads all points: smoothing, differences, a share of what was there. */
const transform = `
const out = Float64Array.from(points)
${Array.from({ length: LINES - 4 }, (_, index) => `for (let i = 1; i < out.length; i++) out[i] = out[i] * 0.9 + Math.sin(out[i - 1] + ${index}) * 0.1`).join('\n')}
let sum = 0
for (const value of out) sum += value`
const points = Array.from({ length: POINTS }, (_, index) => 0.5 + 0.4 * Math.sin(index / 30))
const module = `export default { title: 'Transform', needs: {}, draw(data) {
const points = data.series[0].value
${transform}
return '<svg><text>' + sum + '</text></svg>' } }`
const script = new Script(
  `(() => { const { points } = JSON.parse(input)\n${transform}\nreturn '<svg><text>' + sum + '</text></svg>' })()`,
)
const at = points.map((_, index) => index)
const series = [{ stat: 'x', unit: 'number' as const, member: null, at, value: points, min: points, max: points }]

const preparation = createPreparation()
const sandbox = createSandbox({ ...preparation, processes: 1 })
const ms = (value: number): string => `${value.toFixed(1)} ms`
try {
  const transformed = orderOf({ ...EMPTY, series })
  const cloud = orderOf({ ...EMPTY, tags: tagsOf(500) }, { most: 500 })
  const draw = async (
    visual: { readonly source: string } | { readonly name: string },
    order = transformed,
    scale: number | null = null,
  ): Promise<void> => {
    const outcome = await sandbox.run({ owner: 'bench', visual, order, scale })
    if (outcome.kind !== 'drawn') throw new Error(JSON.stringify(outcome))
  }
  const began = performance.now()
  await draw({ source: module })
  line('the first, with building and starting', ms(performance.now() - began))
  const took = await compare(ROUNDS, {
    sandbox: () => draw({ source: module }),
    // As much as a run in the sandbox has: a context of its own, and its data in text.
    vm: () => script.runInContext(createContext({ input: JSON.stringify({ points }) })),
  })
  line('then, median', 'sandbox', 'node:vm', 'times')
  const times = took.sandbox / took.vm
  line(`${LINES} lines over ${POINTS} points`, ms(took.sandbox), ms(took.vm), times.toFixed(2))
  const { png } = await compare(ROUNDS, { png: () => draw({ name: 'wordcloud' }, cloud, 2.5) })
  line('word cloud of 500 tags as PNG', ms(png))
  if (times > MOST_TIMES || png > MOST_CLOUD_MS) process.exitCode = 1
} finally {
  await sandbox.close()
  await preparation.close()
}
