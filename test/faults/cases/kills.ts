import type { Exchange } from '../../../src/demo/cloud/api/exchange.ts'
import { COPIED, IN, OUT, type FaultCase, type Wish } from '../case.ts'
import type { Stage } from '../stage.ts'
import { actionOf, asked, COPY_STEPS, DOWN, IN_STEPS, OUT_STEPS, reach, REFRESH, UP } from './breaks.ts'

interface Work {
  readonly what: string
  readonly line: string
  readonly from: number
  readonly wish: Wish
}

const OUTWARD: Work = { what: 'scale out', line: UP, from: 1, wish: OUT }
const INWARD: Work = { what: 'scale in', line: DOWN, from: 2, wish: IN }
const COPYING: Work = { what: 'snapshot', line: REFRESH, from: 2, wish: COPIED }

async function killed(stage: Stage): Promise<void> {
  await stage.kill()
  await stage.start()
}

function atStep({ what, line, from, wish }: Work, step: string): FaultCase {
  return {
    name: `${what}, at ${step}`,
    from,
    wish,
    run: async (stage) => {
      await reach(stage, line, step)
      await killed(stage)
    },
  }
}

/** Done at DigitalOcean, and nobody is left to hear the answer. */
function afterRequest(
  { what, line, from, wish }: Work,
  name: string,
  such: (exchange: Exchange) => boolean,
): FaultCase {
  return {
    name: `${what}, the moment ${name} is done`,
    from,
    wish,
    run: async (stage) => {
      await asked(stage, line, such)
      await killed(stage)
    },
  }
}

export const killedOut: readonly FaultCase[] = [
  ...OUT_STEPS.map((step) => atStep(OUTWARD, step)),
  afterRequest(OUTWARD, 'create', ({ operation }) => operation === 'droplets_create'),
]

export const killedIn: readonly FaultCase[] = [
  ...IN_STEPS.map((step) => atStep(INWARD, step)),
  afterRequest(INWARD, 'destroy', ({ operation }) => operation === 'droplets_destroy'),
]

export const killedCopying: readonly FaultCase[] = [
  ...COPY_STEPS.map((step) => atStep(COPYING, step)),
  ...['shutdown', 'snapshot', 'power_on'].map((type) => afterRequest(COPYING, type, actionOf(type))),
]
