import { setTimeout as pause } from 'node:timers/promises'
import { createBuiltinBalancer } from '../../src/balancers/builtin/builtin.ts'
import { findRunning } from '../../src/balancers/builtin/running.ts'
import type { Decision, Observation } from '../../src/core/model/decision.ts'
import { observe } from '../../src/core/pool/observation.ts'
import { balancerDir } from '../../src/balancers/builtin/folder.ts'
import { connectRedis, whenReady } from '../../src/store/connection.ts'
import { createPoolStore } from '../../src/store/pool-store.ts'
import { makePlace } from '../../src/store/redis-server.ts'
import { createSeriesStore } from '../../src/store/series/series-store.ts'

/** One judgement of a pool, and what agents and balancer said when it was read. */
export interface Judged {
  readonly decision: Decision
  readonly observation: Observation
}

/** The judgements of a site's pool, as its bot writes them down. */
export interface Judgements {
  /** Those of the moments that were looked at, oldest first. */
  seen(): readonly Judged[]
  /** What the bot kept since then, newest first: every change, also of moments between two looks. */
  kept(): Promise<readonly Decision[]>
  stop(): Promise<void>
}

/** The bot judges once a second. */
const LOOK_MS = 200

/** Reads along from now on, in the site's own Redis and at its balancer; `dataDir` of a bot that runs, `poolId` of a connected pool. */
export async function followJudgements(dataDir: string, poolId: string): Promise<Judgements> {
  const running = await findRunning(balancerDir({ dataDir }))
  if (running === null) throw new Error(`no balancer runs in ${dataDir}`)
  const control = `http://127.0.0.1:${running.running.controlPort}`
  const balancer = createBuiltinBalancer({ control, key: running.config.key })
  const redis = connectRedis({ path: (await makePlace(dataDir)).socket }, { name: 'judgements' })
  await whenReady(redis)
  const store = createPoolStore(redis)
  const series = createSeriesStore(redis)
  const judged: Judged[] = []
  const begunAt = Date.now()
  const over = new AbortController()

  const look = async (): Promise<void> => {
    const state = await store.load(poolId)
    const decision = state?.decision ?? null
    if (state === null || decision === null || decision.at < begunAt) return
    if (decision.at === judged.at(-1)?.decision.at) return
    const ids = state.members.map((member) => member.id)
    const [latest, backends, queued] = await Promise.all([
      series.latest(poolId, ids),
      balancer.list(),
      balancer.queued(),
    ])
    judged.push({ decision, observation: observe(state, latest, { backends, queued }, [], decision.at) })
  }
  const looking = (async () => {
    for (; !over.signal.aborted; await pause(LOOK_MS)) await look()
  })()
  // Whoever stops it is told; until then a failure must not end the tests of others.
  looking.catch(() => undefined)

  return {
    seen: () => judged,
    kept: async () => (await store.decisions(poolId, 1000)).filter(({ at }) => at >= begunAt),
    async stop() {
      over.abort()
      await looking.finally(() => redis.disconnect())
    },
  }
}

/** One judgement in a line: what was decided and why, and what it was made from. */
export function told({ decision, observation }: Judged): string {
  const { at, kind, from, to, wanted, reason } = decision
  const members = observation.members.map(({ phase, stats, traffic }) => {
    const { cpu, load1, psi } = stats ?? {}
    const { rps, firstByteP95, waiting, streaming } = traffic ?? {}
    const figures = { cpu, load1, psi, rps, firstByteP95, waiting, streaming }
    const known = Object.entries(figures).filter(([, value]) => typeof value === 'number')
    return `${phase} ${known.map(([name, value]) => `${name} ${value!.toFixed(2)}`).join(' ')}`
  })
  const time = new Date(at).toISOString().slice(11, 19)
  return `${time} ${kind} ${from} → ${to}, wanted ${wanted}: ${reason} [${members.join(' | ')}]`
}
