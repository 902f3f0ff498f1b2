import type { FaultMatch, FaultSpec } from '../../../src/demo/cloud/api/faults.ts'
import { say } from '../../scenarios/story.ts'
import { COPIED, copyFailed, IN, OUT, outFailed, outRefused, type FaultCase, type Wish } from '../case.ts'
import type { Stage } from '../stage.ts'

type Fault = readonly [name: string, spec: (match: FaultMatch) => FaultSpec]

/** What may befall any request; each more than once where that is how it comes. */
const ANY: readonly Fault[] = [
  ['429 with Retry-After, three times', (match) => ({ kind: 'rateLimited', retryAfterSeconds: 1, times: 3, match })],
  ['500', (match) => ({ kind: 'serverError', match })],
  ['503 with Retry-After', (match) => ({ kind: 'unavailable', retryAfterSeconds: 1, match })],
  ['503, six times', (match) => ({ kind: 'unavailable', times: 6, match })],
  ['hang', (match) => ({ kind: 'hang', match })],
  ['reset', (match) => ({ kind: 'reset', match })],
]
/** Done, and the answer is lost. */
const LOST: readonly Fault[] = [
  ['done, answer lost to a reset', (match) => ({ kind: 'loseAnswer', by: 'reset', match })],
  ['done, answer lost in silence', (match) => ({ kind: 'loseAnswer', by: 'silence', match })],
]

interface Request {
  readonly name: string
  readonly match: (stage: Stage) => FaultMatch
  readonly faults: readonly Fault[]
  /** Armed as well. */
  readonly also?: FaultSpec
}

const clone = ({ origin }: Stage): RegExp => new RegExp(`^/v2/droplets/(?!${origin}$)\\d+$`)
const SLOW_MS = 2500

const READS = ANY
const WRITES = [...ANY, ...LOST]

const OUT_REQUESTS: readonly Request[] = [
  { name: 'looking for it before', match: () => ({ operation: 'droplets_list' }), faults: READS },
  { name: 'finding the snapshot', match: () => ({ operation: 'snapshots_list' }), faults: READS },
  { name: 'create', match: () => ({ operation: 'droplets_create' }), faults: WRITES },
  { name: 'boot', match: (stage) => ({ operation: 'droplets_get', path: clone(stage) }), faults: READS },
]
const IN_REQUESTS: readonly Request[] = [
  {
    name: 'looking at it before',
    match: (stage) => ({ operation: 'droplets_get', path: clone(stage) }),
    faults: READS,
  },
  { name: 'destroy', match: () => ({ operation: 'droplets_destroy' }), faults: WRITES },
]
const COPY_REQUESTS: readonly Request[] = [
  { name: 'looking at the origin', match: () => ({ operation: 'droplets_get' }), faults: READS },
  { name: 'its actions', match: () => ({ operation: 'dropletActions_list' }), faults: READS },
  {
    name: 'following the shutdown',
    match: () => ({ operation: 'dropletActions_get' }),
    faults: READS,
    // On a slow machine it would be off before it is looked at again.
    also: { kind: 'slowAction', ms: SLOW_MS, match: { step: 'shutdown' } },
  },
  { name: 'shutdown', match: () => ({ step: 'shutdown' }), faults: WRITES },
  { name: 'snapshot', match: () => ({ step: 'snapshot' }), faults: WRITES },
  { name: 'the snapshots', match: () => ({ operation: 'snapshots_list' }), faults: READS },
  { name: 'power on', match: () => ({ step: 'power_on' }), faults: WRITES },
]

/** Where the members stand behind a load balancer of the account. */
const HOOKING: readonly Request[] = [
  { name: 'joining', match: () => ({ operation: 'loadBalancers_add_droplets' }), faults: WRITES },
]
const UNHOOKING: readonly Request[] = [
  { name: 'leaving', match: () => ({ operation: 'loadBalancers_remove_droplets' }), faults: WRITES },
]
const LOOKING: readonly Request[] = [
  { name: 'looking at the load balancer', match: () => ({ operation: 'loadBalancers_get' }), faults: READS },
  {
    name: 'looking at its checks',
    match: () => ({ operation: 'monitoring_get_lb_droplets_health_checks' }),
    faults: READS,
  },
]

/** One fault at one request of an operation that `line` begins. */
function each(
  what: string,
  line: string,
  from: number,
  requests: readonly Request[],
  wish: Wish,
): readonly FaultCase[] {
  return requests.flatMap(({ name: request, match, faults, also }) =>
    faults.map(([fault, spec]) =>
      struck(`${what}, ${request}: ${fault}`, from, line, (stage) => spec(match(stage)), wish, also),
    ),
  )
}

function struck(
  name: string,
  from: number,
  line: string,
  fault: (stage: Stage) => FaultSpec,
  wish: Wish,
  also?: FaultSpec,
): FaultCase {
  return {
    name,
    from,
    wish,
    async run(stage) {
      if (also !== undefined) stage.arm(also)
      stage.arm(fault(stage))
      await say(stage.bot(), line)
    },
  }
}

const up = (name: string, fault: FaultSpec, wish: Wish): FaultCase =>
  struck(`scale out, ${name}`, 1, '/spinup up 1', () => fault, wish)
const copy = (name: string, fault: FaultSpec, wish: Wish): FaultCase =>
  struck(`snapshot, ${name}`, 2, '/spinup refresh', () => fault, wish)

export const scaleOut: readonly FaultCase[] = [
  ...each('scale out', '/spinup up 1', 1, OUT_REQUESTS, OUT),
  up('create: slow', { kind: 'slowAction', ms: SLOW_MS, match: { step: 'create' } }, OUT),
  up(
    'create: ends in an error',
    { kind: 'erroredAction', match: { step: 'create' } },
    outFailed(/did not boot within/),
  ),
  up(
    'create: everything fails for long',
    { kind: 'serverError', times: 200, match: { operation: 'droplets_create' } },
    outRefused(/its answer was 500/),
  ),
]

export const scaleIn: readonly FaultCase[] = each('scale in', '/spinup down 1', 2, IN_REQUESTS, IN)

export const snapshot: readonly FaultCase[] = [
  ...each('snapshot', '/spinup refresh', 2, COPY_REQUESTS, COPIED),
  copy('shutdown: slow', { kind: 'slowAction', ms: SLOW_MS, match: { step: 'shutdown' } }, COPIED),
  copy('shutdown: ends in an error', { kind: 'erroredAction', match: { step: 'shutdown' } }, COPIED),
  copy('shutdown: not heeded', { kind: 'ignoredAction', match: { step: 'shutdown' } }, COPIED),
  copy('snapshot: slow', { kind: 'slowAction', ms: SLOW_MS, match: { step: 'snapshot' } }, COPIED),
  copy(
    'snapshot: ends in an error',
    { kind: 'erroredAction', match: { step: 'snapshot' } },
    copyFailed(/could not take the snapshot/),
  ),
  copy('power on: slow', { kind: 'slowAction', ms: SLOW_MS, match: { step: 'power_on' } }, COPIED),
  copy('power on: ends in an error', { kind: 'erroredAction', match: { step: 'power_on' } }, COPIED),
  copy('power on: ends in nothing', { kind: 'ignoredAction', match: { step: 'power_on' } }, COPIED),
]

export const hookingOut = each('scale out', '/spinup up 1', 1, [...HOOKING, ...LOOKING], OUT)
export const hookingIn = each('scale in', '/spinup down 1', 2, [...UNHOOKING, ...LOOKING.slice(0, 1)], IN)
export const hookingCopy = each('snapshot', '/spinup refresh', 2, [...UNHOOKING, ...HOOKING], COPIED)
