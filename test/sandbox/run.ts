import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { argumentsOf } from '../../src/cli/run-command.ts'
import { BUDGET } from '../../src/visuals/limits.ts'
import type { Outcome } from '../../src/visuals/messages.ts'
import { createPreparation } from '../../src/visuals/prepare.ts'
import { createSandbox, type Sandbox } from '../../src/visuals/sandbox.ts'
import { BOMBS, moduleOf, type Bomb } from '../visuals/bombs.ts'
import { EMPTY, orderOf } from '../visuals/orders.ts'

const HELP = `Hostile code one by one, then fifty at once. Each must end as it should, within its budget of time and memory,
with nothing found and nothing in the picture; and the bot's own loop must not feel it.

  npm run test:sandbox [-- --only WORDS --loaded]

  --only WORDS   only those with these words in their names
  --loaded       on a machine that has other things to do: all but how soon they end, and with twice the memory, for there
                 the sandbox and who stops it wait their turn while the code takes more`
const options = { only: { type: 'string', default: '' }, loaded: { type: 'boolean', default: false } } as const
const { only, loaded } = argumentsOf({ help: HELP, options }).values
// A shorter budget than the product's, so that a hundred endless loops do not take ten minutes.
const budget = { ...BUDGET, wallMs: 1_500, cpuMs: 1_500 }
const GRACE_MS = 50
const MOST_MEMORY = (loaded ? 160 : 80) * 1024 * 1024
const MOST_LAG_MS = 100
const MANY = 50

const preparation = createPreparation()
const limits = { queueLimit: 200, ownerLimit: 200, patienceMs: 300_000 }
const sandbox = createSandbox({ ...preparation, budget, ...limits })
/** For what is to be drawn, however long a busy machine takes. */
const patient = createSandbox({
  ...preparation,
  budget: { ...budget, wallMs: loaded ? 120_000 : budget.wallMs },
  ...limits,
})
const lag = monitorEventLoopDelay({ resolution: 5 })
let [contained, all] = [0, 0]

const check = (name: string, faults: readonly string[], figures: string): void => {
  all += 1
  if (faults.length === 0) contained += 1
  console.log(`${faults.length === 0 ? 'contained' : 'NOT contained'}  ${name}  ${[figures, ...faults].join(' · ')}`)
}

try {
  await sandbox.run({
    owner: 'bombs',
    visual: { source: moduleOf({ code: 'return "<svg/>"' }) },
    order: orderOf(),
    scale: 1,
  })
  lag.enable()
  for (const bomb of BOMBS.filter(({ name }) => name.includes(only))) await alone(bomb)
  if (only === '') {
    await othersData()
    await together()
  }
} finally {
  lag.disable()
  await Promise.all([sandbox.close(), patient.close()])
  await preparation.close()
}
console.log(`contained: ${contained} of ${all}`)
if (contained < all || all === 0) process.exitCode = 1

async function run(
  code: string,
  { owner = 'bombs', within = sandbox }: { readonly owner?: string; readonly within?: Sandbox } = {},
): Promise<{ readonly outcome: Outcome; readonly tookMs: number }> {
  const startedAt = performance.now()
  const outcome = await within.run({ owner, visual: { source: code }, order: orderOf(), scale: 2.5 })
  return { outcome, tookMs: performance.now() - startedAt }
}

async function alone(bomb: Bomb): Promise<void> {
  const within = bomb.ends === 'failed' ? sandbox : patient
  // A process that is ready, so that only its work is timed.
  await run(moduleOf({ code: 'globalThis.left = 1; return "<svg/>"' }), { within })
  const memory = watchMemory()
  lag.reset()
  const { outcome, tookMs } = await run(moduleOf(bomb), { within })
  const most = memory.end()
  const faults = faultsOf(bomb, outcome)
  // A machine with more to do than it can lets everybody wait, whoever stops the code too.
  if (!loaded && tookMs - lag.max / 1e6 > budget.wallMs + GRACE_MS) faults.push(`took ${Math.round(tookMs)} ms`)
  if (most > MOST_MEMORY) faults.push(`took ${Math.round(most / 1024 / 1024)} MB`)
  const said = outcome.kind === 'failed' ? outcome.why.slice(0, 80) : outcome.kind
  check(bomb.name, faults, `${Math.round(tookMs)} ms, +${Math.round(most / 1024 / 1024)} MB, ${said}`)
}

function faultsOf({ ends }: Pick<Bomb, 'ends'>, outcome: Outcome): string[] {
  const faults: string[] = []
  if (ends !== 'either' && outcome.kind !== ends) faults.push(`ended as ${outcome.kind}`)
  if (outcome.kind === 'drawn') {
    if (
      /LEAKED|script|href|on[a-z]+=|http:\/\/(?!www\.w3\.org\/2000\/svg")|style|foreign/i.test(
        outcome.svg.replace('&lt;script', ''),
      )
    ) {
      faults.push(`the picture holds ${outcome.svg.slice(0, 300)}`)
    }
    if (Buffer.from(outcome.png ?? '', 'base64').toString('latin1', 1, 4) !== 'PNG') faults.push('there is no picture')
  }
  return faults
}

/** Another team's data, in every way by which one drawing could leave something to the next. */
async function othersData(): Promise<void> {
  const secret = { ...EMPTY, pool: 'LEAKED' }
  const leave = moduleOf({
    code: 'globalThis.left = Array.prototype.left = Symbol.for("left").left = kit.left = data; return "<svg/>"',
  })
  const look = moduleOf({
    code: 'return "<svg><text>" + JSON.stringify([globalThis.left, [].left, kit.left, data.pool]) + "</text></svg>"',
  })
  for (const owner of ['others', 'bombs']) {
    await patient.run({ owner: 'others', visual: { source: leave }, order: orderOf(secret), scale: null })
    const { outcome } = await run(look, { owner, within: patient })
    check(
      `another team's data, for ${owner === 'others' ? 'the same process' : 'another team'}`,
      faultsOf({ ends: 'drawn' }, outcome),
      outcome.kind,
    )
  }
}

/** Fifty at once, endless and greedy by turns: the bot goes on, and an honest one is drawn beside them. */
async function together(): Promise<void> {
  const greedy = BOMBS.filter(({ name }) =>
    /endless loop$|1 GB of (arrays|buffers|strings)|promise that never/.test(name),
  )
  lag.reset()
  const startedAt = performance.now()
  const jobs = Array.from({ length: MANY }, (_, index) =>
    run(moduleOf(greedy[index % greedy.length]!), { owner: `team ${index % 5}` }),
  )
  const ends = await Promise.all(jobs)
  const worst = lag.percentile(99) / 1e6
  const faults = ends.some(({ outcome }) => outcome.kind !== 'failed') ? ['one of them was drawn'] : []
  if (!loaded && worst > MOST_LAG_MS) faults.push(`the bot's loop was ${Math.round(worst)} ms late`)
  check(
    `${MANY} at once`,
    faults,
    `${Math.round((performance.now() - startedAt) / 1000)} s, the loop's p99 ${worst.toFixed(1)} ms late`,
  )
  const { outcome } = await run(moduleOf({ code: 'return "<svg/>"' }), { within: patient })
  check('one that means well, after them', faultsOf({ ends: 'drawn' }, outcome), outcome.kind)
}

/** The most memory that any process of ours takes more than it has now, bytes. */
function watchMemory(): { end(): number } {
  const first = resident()
  let most = 0
  const look = (): void => {
    for (const [pid, bytes] of resident()) most = Math.max(most, bytes - (first.get(pid) ?? bytes))
  }
  const timer = setInterval(look, 2)
  return {
    end: () => {
      clearInterval(timer)
      return most
    },
  }
}

/** Bytes in memory by process that we started. */
function resident(): ReadonlyMap<string, number> {
  const pids = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ')
  const sizes = new Map<string, number>()
  for (const pid of pids) {
    try {
      const pages = Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1])
      if (pages > 0) sizes.set(pid, pages * 4096)
    } catch {
      // It has ended.
    }
  }
  return sizes
}
