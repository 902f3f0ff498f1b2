import { EMPTY_MEMORY, type Memory } from '../src/core/model/decision.ts'
import type { Stats } from '../src/core/model/sample.ts'
import { consider } from '../src/core/policy/decide.ts'
import { observe } from '../src/core/pool/observation.ts'
import { tickPool } from '../src/engine/loop/tick.ts'
import { createReportLedger } from '../src/store/report-ledger.ts'
import { createSeriesStore } from '../src/store/series/series-store.ts'
import { keys } from '../src/store/keys.ts'
import { startRig } from '../test/engine/rig.ts'
import { line, median } from './measure.ts'

// What a quiet second of a pool of ten costs: CPU time of this process (all threads, garbage collection included) for one
// tick, with nothing to do and a memory as after a week. Beside it, by turns, the least that a bot which keeps nothing
// could do: read the state as one JSON and parse it. Redis is another process; its share of a core is shown apart.
// `node bench/run.ts tick [ROUNDS]`; each round is twenty ticks.
const MEMBERS = 10
const ROUNDS = Number(process.argv[2] ?? 60)
const EACH = 20
const HISTORY_S = 5 * 3600
const WEEK_BINS = 2016
/** Four tenths of what it was, in readings of the state, before a tick read the pool once: 22. */
const MOST = 8.8

const rig = await startRig()
const series = createSeriesStore(rig.redis, { now: rig.now })
const members = Array.from({ length: MEMBERS }, (_, index) => `web-${index + 1}`)
try {
  await rig.reset({ min: MEMBERS, max: MEMBERS })
  await rig.grow(MEMBERS - 1)
  await rig.change({ memory: await aWeekOld() })
  await agentsSpeak()
  const state = JSON.stringify(await rig.state())
  await rig.redis.set('bench:state', state)

  const [ticks, reads, redisTicks]: [number[], number[], number[]] = [[], [], []]
  const peer = async (): Promise<void> => void JSON.parse((await rig.redis.get('bench:state')) ?? '')
  const before = await rig.state()
  for (let round = -Math.ceil(ROUNDS / 4); round < ROUNDS; round++) {
    let [ticked, read, redis] = [0, 0, 0]
    for (let turn = 0; turn < EACH; turn++) {
      await second(round * EACH + turn)
      const from = await redisCpu()
      ticked += await cpuOf(() => tickPool(rig.services, 'web', 0, 600))
      redis += (await redisCpu()) - from
      read += await cpuOf(peer)
    }
    if (round < 0) continue
    ticks.push(ticked / EACH)
    reads.push(read / EACH)
    redisTicks.push(redis / EACH)
  }
  const after = await rig.state()
  const cards = (await rig.cards()).size
  if (after.decision?.kind !== 'hold' || after.members.length !== MEMBERS || cards > 0 || after.alarms.length > 0) {
    throw new Error(`not quiet: ${after.decision?.reason}, ${after.members.length} members, ${cards} cards`)
  }
  if (after.lastTickAt - before.lastTickAt < ROUNDS * EACH * 1000) throw new Error('ticks were left out')

  const us = (value: number): string => `${value.toFixed(0)} µs`
  const kept = await rig.redis.hgetall(keys.state('web'))
  const bytes = Object.entries(kept).reduce((sum, [field, text]) => sum + field.length + text.length, 0)
  line(`one pool of ${MEMBERS} members, nothing to do`, 'median', 'lowest')
  line('a tick, CPU of the bot', us(median(ticks)), us(Math.min(...ticks)))
  line('GET and JSON.parse of the state, CPU', us(median(reads)), us(Math.min(...reads)))
  line('ratio of medians', (median(ticks) / median(reads)).toFixed(2))
  line('a tick, CPU of Redis', us(median(redisTicks)))
  line('pools ticked in a second by one core', Math.round(1e6 / median(ticks)).toLocaleString('en-US'))
  line('the state', `${Object.keys(kept).length} fields`, `${bytes.toLocaleString('en-US')} B`)
  if (median(ticks) / median(reads) > MOST) {
    process.stdout.write(`More than ${MOST} readings of the state: too slow.\n`)
    process.exitCode = 1
  }
} finally {
  await rig.stop()
}

/** CPU time that the work takes in this process, µs. */
async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const from = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(from)
  return user + system
}

/** CPU time that Redis has taken so far, µs. */
async function redisCpu(): Promise<number> {
  const text = await rig.redis.info('cpu')
  const of = (name: string): number => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(text)?.[1] ?? 0)
  return (of('used_cpu_user') + of('used_cpu_sys')) * 1e6
}

/** A second passes in which every member reports what agents report. */
async function second(at: number): Promise<void> {
  rig.pass(1000)
  const batch = members.map((memberId, index) => ({
    poolId: 'web',
    sample: { memberId, at: rig.now() - index * 10, stats: stats(at, index) },
    periodMs: 1000,
  }))
  await series.append(batch)
}

function stats(second: number, index: number): Stats {
  const cpu = 0.5 + 0.03 * Math.sin(second / 90) + 0.02 * Math.sin(index * 7 + second)
  return { cpu, memory: 0.4, load1: cpu * 2, psi: cpu / 4, rps: cpu * 100, p95: 0.02, inflight: cpu / 50 }
}

/** What the pool remembers: five hours judged second by second, and a demand for every five minutes of the week. */
async function aWeekOld(): Promise<Memory> {
  const { pool, members: all } = await rig.state()
  const quiet = all.map((member) => ({ ...member, phaseAt: rig.now() - HISTORY_S * 1000 }))
  const state = { ...(await rig.state()), members: quiet }
  let memory: Memory = EMPTY_MEMORY
  for (let at = -HISTORY_S; at < 0; at++) {
    const now = rig.now() + at * 1000
    const latest = Object.fromEntries(members.map((id, index) => [id, { at: now, stats: stats(at, index) }]))
    memory = consider(
      observe(state, latest, { backends: null, queued: null }, [], now),
      pool.policy,
      memory,
      now,
    ).memory
  }
  const load = memory.load!
  const bins = Array.from({ length: WEEK_BINS }, (_, bin) => Math.round(600 + 100 * Math.sin(bin / 46)) / 100)
  return { ...memory, load: { ...load, season: { ...load.season, bins } } }
}

/** Each member's agent has introduced itself. */
async function agentsSpeak(): Promise<void> {
  const ledger = createReportLedger(rig.redis)
  for (const memberId of members) {
    const run = { poolId: 'web', memberId, boot: `boot-${memberId}`, seq: 0, count: 1, version: '1.2.0' }
    const claim = { ...run, host: `host of ${memberId}`, clockAheadMs: 0, notes: [], stats: Object.keys(stats(0, 0)) }
    const answer = await ledger.claim(claim)
    if (answer.kind === 'claimed') await ledger.commit(claim, answer.token)
  }
}
