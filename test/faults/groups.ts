import type { FaultCase, Group } from './case.ts'
import { clocks } from './cases/clocks.ts'
import { firstKilled, firstSnapshot } from './cases/first-snapshot.ts'
import { hands } from './cases/hands.ts'
import { killedCopying, killedIn, killedOut } from './cases/kills.ts'
import { oddEnds } from './cases/odd-ends.ts'
import { outages } from './cases/outages.ts'
import { hookingCopy, hookingIn, hookingOut, scaleIn, scaleOut, snapshot } from './cases/requests.ts'
import { surroundings } from './cases/surroundings.ts'
import { twoBots } from './cases/two-bots.ts'
import { CLOCKED } from './wall-clock.ts'

/** By turns, so that one case begins where the one before ended. */
function inTurn(...lists: readonly (readonly FaultCase[])[]): readonly FaultCase[] {
  const longest = Math.max(...lists.map((list) => list.length))
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list[index] ?? [])).flat()
}

/** Every case there is. */
export const groups: readonly Group[] = [
  { name: 'request', cases: inTurn(scaleOut, scaleIn) },
  { name: 'request', cases: snapshot },
  { name: 'first snapshot', cases: firstSnapshot },
  { name: 'first snapshot', cases: firstKilled },
  { name: 'load balancer', balancer: 'digitalocean', cases: [...inTurn(hookingOut, hookingIn), ...hookingCopy] },
  { name: 'SIGKILL', cases: [...inTurn(killedOut, killedIn), ...killedCopying] },
  { name: 'outage', env: { SPINUP_RECONCILE: '3s' }, cases: outages },
  { name: 'surroundings', cases: surroundings },
  { name: 'two bots', bots: 2, decides: true, cases: twoBots },
  { name: 'odd ends', bots: 2, decides: true, env: { SPINUP_RECONCILE: '2s' }, cases: oddEnds },
  { name: 'clocks', env: CLOCKED, cases: clocks },
  { name: 'by hand', decides: true, env: { SPINUP_RECONCILE: '2s' }, cases: hands },
]
