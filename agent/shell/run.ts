import { randomUUID } from 'node:crypto'
import { hostname, networkInterfaces, setPriority } from 'node:os'
import type { AgentIdentity } from '../../src/core/model/report.ts'
import type { Collect } from '../collect/proc.ts'
import { createSampleBuffer } from '../core/buffer.ts'
import { beginRhythm, step, type Rhythm } from '../core/sampling.ts'
import { BUILT_IN, createStatsBook } from '../core/stats.ts'
import { createTextBook } from '../core/texts.ts'
import { createTroubles, type TroubleKind } from '../core/troubles.ts'
import { enrol, type Config } from './config.ts'
import { settleIdentity, type Metadata } from './droplet.ts'
import { createIntake } from './intake.ts'
import type { AgentLog } from './log.ts'
import { openReportApi } from './report-api.ts'
import { createSender, type Sender } from './sender.ts'
import { openStatsdSocket } from './statsd-socket.ts'
import { cut } from '../../src/core/model/letters.ts'

export interface Listen {
  readonly host: string
  readonly port: number
}

export interface AgentOptions {
  readonly file: string
  readonly config: Config
  /** Its own; null: not known. */
  readonly version: string | null
  readonly collect: Collect
  /** Tells which droplet this is; only asked where the config file names one. */
  readonly metadata: Metadata
  readonly listen: Listen | null
  readonly statsd: Listen | null
  /** Most samples kept while the bot is away. */
  readonly bufferSamples: number
  readonly log: AgentLog
  readonly random: () => number
  /** Called with the member's key once it is known, so that the log can hide it. */
  readonly onKey: (key: string) => void
}

export interface RunningAgent {
  /** Sends what waits once, for at most a second, and lets go of everything. */
  stop(): Promise<void>
}

/** A new agent has nothing to compare with; this much CPU time is enough to tell, and a clone waits for it. */
const FIRST_SPAN_MS = 120
const MAX_BUFFER_BYTES = 4 * 1024 * 1024
const FLUSH_MS = 1_000
const RETRY_READ_MS = 1_000
/** Behind the host's own work, but not so far that a busy host silences its agent. */
const NICE = 5

/** Starts sampling at once, and sending as soon as the agent knows who it is. */
export function runAgent(options: AgentOptions): RunningAgent {
  const { log, random } = options
  const startedAt = performance.now()
  const boot = randomUUID()
  const buffer = createSampleBuffer({ maxSamples: options.bufferSamples, maxBytes: MAX_BUFFER_BYTES })
  const stats = createStatsBook(random, startedAt)
  const closers: (() => unknown)[] = []
  const troubles = createTroubles()
  const texts = createTextBook()
  const intake = createIntake(stats, texts, { log, note })
  let rhythm: Rhythm | null = null
  let sender: Sender | null = null
  let member: string | null = null
  let timer: NodeJS.Timeout | null = null
  let wake: (() => void) | null = null
  let unreadable = false
  let stopped = false

  function note(kind: TroubleKind, example: string, count = 1): void {
    const line = troubles.note(kind, example, performance.now(), count)
    if (line !== null) log.warn({}, line)
  }

  /** Reads the host and returns when to do so again, in monotonic ms. */
  async function beat(): Promise<number> {
    const reading = await options.collect()
    if (reading === null) {
      if (!unreadable) log.warn({}, 'the host’s counters cannot be read; no samples until they can')
      unreadable = true
      return performance.now() + RETRY_READ_MS
    }
    unreadable = false
    for (const odd of reading.odd) note('counters', odd)
    if (rhythm === null) {
      rhythm = beginRhythm(reading)
      return reading.monoMs + FIRST_SPAN_MS
    }
    const { rhythm: next, samples, wakeMs } = step(rhythm, reading, stats.hasNews())
    rhythm = next
    const last = samples.at(-1)
    for (const sample of samples) {
      // Reported stats are of now, so they belong to the newest sample only.
      buffer.push(
        sample === last
          ? { at: sample.at, stats: { ...stats.take(reading.monoMs), ...sample.stats }, texts: texts.take() }
          : sample,
      )
    }
    if (last !== undefined) sender?.kick()
    return reading.monoMs + wakeMs
  }

  async function beatAndRest(): Promise<void> {
    const due = await beat()
    if (!stopped) timer = setTimeout(() => void beatAndRest(), Math.max(5, due - performance.now()))
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const pausing = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(pausing)
        resolve()
      }
    })
  }

  /** The droplet that this is; null: it was not asked for. */
  let home = options.config.droplet

  async function whoAmI(config: Config): Promise<AgentIdentity | null> {
    const running = { log, pause, stopped: () => stopped }
    if (config.droplet !== null) {
      const self = await settleIdentity(options.metadata, config.droplet, running)
      if (self === null) return null
      if (self.kind === 'clone') {
        const { identity: given, droplet } = self
        log.info({ member: given.member, droplet }, 'a clone; took the identity it was given')
        options.onKey(given.key)
        home = droplet
        // Whatever runs on this droplet can read what it was given; the key of its own only this agent.
        const exchange = { kind: 'enrol', url: given.url, enrol: given.key, host: hostname(), droplet } as const
        return enrol(options.file, { ...exchange, random: null, given }, { ...running, random })
      }
    }
    if (config.kind === 'identity') return config.identity
    return enrol(options.file, config, { ...running, random })
  }

  /** The bot's state may be older than the key of this clone, after a backup was put back: then it knows the given one. */
  async function askAgain(identity: AgentIdentity, key: string): Promise<string> {
    const given = home === null ? null : await options.metadata.identity().catch(() => null)
    if (given?.pool !== identity.pool || given.member !== identity.member || given.key === key) return key
    options.onKey(given.key)
    const { url } = identity
    // Refused, it goes on with the key it has, which may be known again.
    const exchange = { kind: 'enrol', url, enrol: given.key, host: hostname(), droplet: home, random: null } as const
    const running = { log, pause, stopped: () => stopped, random }
    const again = await enrol(options.file, { ...exchange, given: { ...identity, key } }, running)
    if (again === null) return key
    options.onKey(again.key)
    return again.key
  }

  async function connect(): Promise<void> {
    const identity = await whoAmI(options.config)
    if (identity === null || stopped) return
    options.onKey(identity.key)
    member = identity.member
    sender = createSender(identity, {
      boot,
      version: options.version,
      buffer,
      log,
      random,
      periodMs: () => rhythm?.periodMs ?? 0,
      restrict(allowed) {
        stats.restrict(allowed)
        buffer.keepOnly([...BUILT_IN, ...allowed])
      },
      onRefused: (refused) => {
        for (const { stat, why } of refused) note('refused', `${stat}: ${why}`)
      },
      onClockSet: (aheadMs) => {
        note('clock', `${Math.round(Math.abs(aheadMs) / 1000)} s ${aheadMs > 0 ? 'ahead' : 'back'}`)
      },
      notes: () => troubles.recent(performance.now()),
      host: hostWords(),
      onUnknown: (key) => askAgain(identity, key),
    })
    sender.kick()
  }

  function health(): Readonly<Record<string, unknown>> {
    return {
      ok: sender !== null && sender.problem === null,
      member,
      version: options.version,
      boot,
      periodMs: rhythm === null ? null : Math.round(rhythm.periodMs),
      cpu: rhythm?.lastCpu ?? null,
      buffered: buffer.size,
      dropped: buffer.droppedEver,
      arrivedAt: sender?.arrivedAt ?? null,
      problem: sender === null ? 'not enrolled yet' : sender.problem,
      statsd: intake.counts,
      renamed: stats.renamed,
      notes: troubles.recent(performance.now()),
    }
  }

  /** A taken port costs the host one way of reporting, never the agent. */
  async function open<T extends { readonly address: string; close(): unknown }>(
    name: string,
    listen: Listen | null,
    opening: (listen: Listen) => Promise<T>,
  ): Promise<void> {
    if (listen === null) return
    try {
      const port = await opening(listen)
      if (stopped) return void port.close()
      closers.push(() => port.close())
      log.info({ address: port.address }, `${name} is open`)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      log.warn({ address: `${listen.host}:${listen.port}` }, `continuing without ${name}: ${why}`)
    }
  }

  try {
    setPriority(NICE)
  } catch {
    // A host that forbids it loses nothing but politeness.
  }
  void beatAndRest()
  void connect().catch((error: unknown) => {
    log.warn({}, `cannot report: ${error instanceof Error ? error.message : String(error)}`)
  })
  void open('the report API', options.listen, (listen) => openReportApi(listen, { report: intake.report, health }))
  void open('StatsD', options.statsd, (listen) => openStatsdSocket(listen, intake.statsd))

  return {
    async stop() {
      stopped = true
      if (timer !== null) clearTimeout(timer)
      wake?.()
      await sender?.stop(FLUSH_MS)
      await Promise.all(closers.map((close) => close()))
      log.info({ buffered: buffer.size }, 'stopped')
    },
  }
}

/** What people know this host by: its name, and its first address that is not its own alone. */
function hostWords(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? [])
  const address = addresses.find(({ internal }) => !internal)?.address
  return cut(`${hostname()}${address === undefined ? '' : ` (${address})`}`, 120)
}
