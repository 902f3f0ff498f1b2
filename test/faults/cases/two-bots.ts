import { setTimeout as pause } from 'node:timers/promises'
import type { BotProcess } from '../../scenarios/bot-process.ts'
import { say } from '../../scenarios/story.ts'
import { until } from '../../wait.ts'
import { COPIED, IN, OUT, type FaultCase, type Wish } from '../case.ts'
import type { Exchange } from '../../../src/demo/cloud/api/exchange.ts'
import type { Stage } from '../stage.ts'
import { DOWN, reach, REFRESH, UP } from './breaks.ts'

/** Longer than it takes the other bot to take the work over. */
const ASLEEP_MS = 4000

function each(
  name: string,
  strike: (stage: Stage, worker: BotProcess) => Promise<void>,
  works: readonly (readonly [what: string, line: string, from: number, wish: Wish, steps: readonly string[]])[],
): readonly FaultCase[] {
  return works.flatMap(([what, line, from, wish, steps]) =>
    steps.map((step) => ({
      name: `${what}, at ${step}: ${name}`,
      from,
      wish,
      run: async (stage) => strike(stage, await reach(stage, line, step)),
    })),
  )
}

type Work = readonly [
  what: string,
  line: string,
  from: number,
  wish: Wish,
  last: (exchange: Exchange, stage: Stage) => boolean,
]

/** Stopped right after the last look before what cannot be taken back, and back when another has done it. */
function before(name: string, works: readonly Work[]): readonly FaultCase[] {
  return works.map(([what, line, from, wish, last]) => ({
    name: `${what}: ${name}`,
    from,
    wish,
    async run(stage) {
      const worker = new Promise<BotProcess>((resolve) => {
        const off = stage.onExchange((exchange) => {
          if (!last(exchange, stage)) return
          off()
          resolve(stage.bots().find((bot) => (bot.url === stage.url) === (exchange.token !== 'second'))!)
        })
      })
      await say(stage.bot(), line)
      await asleep(stage, await worker)
      await pause(ASLEEP_MS / 2)
    },
  }))
}

async function killed(stage: Stage, worker: BotProcess): Promise<void> {
  await stage.kill(worker)
  const left = stage.bot()
  await until(async () => (await stage.state()).operations.length === 0, {
    what: 'the other to finish it',
    timeoutMs: 40_000,
  })
  if (!stage.bots().includes(left)) throw new Error('nobody was left')
  await stage.start()
}

/** Stopped in its tracks, and back when another has gone on: it must not do a step that is over. */
async function asleep(_stage: Stage, worker: BotProcess): Promise<void> {
  const pid = Number(worker.log[0]!['pid'])
  process.kill(pid, 'SIGSTOP')
  await pause(ASLEEP_MS)
  process.kill(pid, 'SIGCONT')
}

/** Two bots on one Redis. */
export const twoBots: readonly FaultCase[] = [
  {
    name: 'both want one more at the same moment',
    from: 1,
    wish: OUT,
    run: async (stage) => {
      await say(stage.bot(), '/spinup policy min=2')
      await until(async () => (await stage.state()).members.length === 2, { what: 'another member' })
      await say(stage.bot(), '/spinup policy min=1')
    },
  },
  {
    name: 'the answer to create is lost twice',
    from: 1,
    wish: OUT,
    run: async (stage) => {
      stage.arm({ kind: 'loseAnswer', match: { operation: 'droplets_create' } })
      stage.arm({ kind: 'loseAnswer', by: 'silence', skip: 1, times: 2, match: { operation: 'droplets_list' } })
      await say(stage.bot(), UP)
    },
  },
  ...each('the bot that works is killed', killed, [
    ['scale out', UP, 1, OUT, ['create', 'boot', 'serve']],
    ['scale in', DOWN, 2, IN, ['drain', 'destroy']],
    ['snapshot', REFRESH, 2, COPIED, ['copy', 'start']],
  ]),
  ...each('the bot that works sleeps', asleep, [
    ['scale out', UP, 1, OUT, ['create', 'boot', 'report', 'join', 'serve']],
    ['scale in', DOWN, 2, IN, ['drain', 'idle', 'detach', 'destroy']],
    ['snapshot', REFRESH, 2, COPIED, ['idle', 'detach', 'shutdown', 'off', 'copy', 'start', 'on']],
  ]),
  ...before('the bot that works sleeps', [
    [
      'scale in, before the droplet is deleted',
      DOWN,
      2,
      IN,
      ({ operation, path }, { origin }) => operation === 'droplets_get' && !path.endsWith(`/${origin}`),
    ],
    [
      'snapshot, before the origin is switched off',
      REFRESH,
      2,
      COPIED,
      ({ operation }) => operation === 'dropletActions_list',
    ],
    ['snapshot, before it is copied', REFRESH, 2, COPIED, ({ operation }) => operation === 'snapshots_list'],
  ]),
  ...before('the bot that works sleeps', [
    [
      'scale out, before the droplet is ordered',
      UP,
      1,
      { ...OUT, overshoots: true },
      ({ operation }) => operation === 'snapshots_list',
    ],
  ]),
]
