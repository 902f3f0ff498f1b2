import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { SpinupError } from '../core/model/error.ts'
import type { Bundle } from './bundle.ts'
import { usageOf, type Budget, type Usage } from './limits.ts'
import type { Answer, Equipment, Job, Outcome } from './messages.ts'
import { file, program } from '../places.ts'

/** Built once, for all processes. */
export interface Prepared {
  readonly bundle: Bundle
  /** `FontMetrics` as JSON. */
  readonly metrics: string
  readonly fontFiles: readonly string[]
  /** The command that starts another without network; empty: there is none here. */
  readonly confined: readonly string[]
}

export interface Child {
  /** One job at a time. Ended with the outcome where it broke its budget, and then of no more use. */
  run(job: Job): Promise<{ readonly outcome: Outcome; readonly alive: boolean }>
  /** Resolves when it is gone. */
  end(): Promise<void>
}

const MAIN = program('src/visuals/child/main.ts')
const START_MS = 30_000
/** Of the isolate; the rest of the memory is for sanitising and rasterising. */
const HEAP_MB = 40
const WATCH_MS = 10
/** Room for a picture's PNG, characters. */
const PNG_LENGTH = 8_000_000

/** Starts a process and waits until it can work. Throws `unavailable` with what is missing. */
export async function startChild(prepared: Prepared, budget: Budget): Promise<Child> {
  const { bundle, metrics, fontFiles } = prepared
  const process = spawnChild(prepared)
  const ended = once(process, 'exit').then(
    () => {},
    () => {},
  )
  const kill = (): void => void process.kill('SIGKILL')
  const answers = readLines(process, 2 * budget.outputLength + PNG_LENGTH)
  process.stdin?.on('error', () => {})
  const send = (line: Equipment | Job): void => void process.stdin?.write(`${JSON.stringify(line)}\n`)

  const late = setTimeout(kill, START_MS)
  send({
    kit: bundle.kit,
    libraries: bundle.libraries,
    metrics,
    fontFiles,
    heapMb: HEAP_MB,
    outputLength: budget.outputLength,
  })
  const first = await new Promise(answers.next)
  clearTimeout(late)
  if (first?.kind !== 'ready') {
    kill()
    const why = first?.kind === 'missing' ? first.why : answers.complaint()
    throw new SpinupError(
      'unavailable',
      `Visualisations cannot be drawn here: ${why || 'the sandbox did not start'}. ${FIX}`,
    )
  }
  const pid = process.pid ?? 0
  const before = usageOf(pid)

  return {
    end: () => {
      kill()
      return ended
    },
    run: (job) =>
      new Promise((resolve) => {
        const begun = usageOf(pid)
        const done = (outcome: Outcome, alive: boolean): void => {
          clearInterval(watch)
          clearTimeout(timer)
          if (!alive) kill()
          resolve({ outcome, alive })
        }
        // It draws no more from here on, though the system may take a moment to take its memory back.
        const stop = (why: string): void => done({ kind: 'failed', why, place: null }, false)
        const watch = setInterval(() => {
          const why = exceeded(usageOf(pid), begun, before, budget)
          if (why !== null) stop(why)
        }, WATCH_MS)
        const timer = setTimeout(stop, budget.wallMs, `it took longer than ${budget.wallMs / 1000} s`)
        send(job)
        answers.next((answer) => {
          if (answer === null || answer.kind === 'ready' || answer.kind === 'missing') stop(TOO_MUCH)
          else done(answer, true)
        })
      }),
  }
}

/** What else ends a process is a fault of ours, and so rare that its sentence can be the same. */
const TOO_MUCH = 'it took more memory than it may have'
const FIX =
  'They need the packages isolated-vm and @resvg/resvg-js on Node 24 or later: npm install isolated-vm @resvg/resvg-js'

/** Its whole environment: what the bot was given is none of theirs. Memory that is freed goes back to the system at once. */
const MALLOC = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072' }

function spawnChild({ fontFiles, confined }: Prepared): ChildProcess {
  const [program = '', ...rest] = [
    ...confined,
    process.execPath,
    '--no-node-snapshot',
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=SecurityWarning',
    '--permission',
    '--allow-addons',
    ...readable(fontFiles).map((path) => `--allow-fs-read=${path}`),
    MAIN,
  ]
  return spawn(program, rest, { env: MALLOC, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] })
}

/** What a process may read: its own code and the packages, and what they look for to know their system. */
function readable(fontFiles: readonly string[]): readonly string[] {
  const found = realpathSync(fileURLToPath(import.meta.resolve('sax')))
  const packages = found.slice(0, found.lastIndexOf('node_modules') + 'node_modules'.length)
  const own = ['src/visuals', 'dist', 'package.json', 'node_modules'].map(file)
  return [...own, packages, '/etc/alpine-release', '/usr/bin/ldd', ...fontFiles]
}

function exceeded(usage: Usage | null, begun: Usage | null, before: Usage | null, budget: Budget): string | null {
  if (usage === null || begun === null || before === null) return null
  if (usage.cpuMs - begun.cpuMs > budget.cpuMs) return `it took more than ${budget.cpuMs / 1000} s of CPU`
  return usage.memoryBytes - before.memoryBytes > budget.memoryBytes ? TOO_MUCH : null
}

interface Lines {
  /** Calls with what is said next; null: it ended, or said too much. */
  next(take: (answer: Answer | null) => void): void
  /** The end of what it wrote to its error output. */
  complaint(): string
}

function readLines(process: ChildProcess, most: number): Lines {
  const waiting: ((answer: Answer | null) => void)[] = []
  let parts: Buffer[] = []
  let size = 0
  let over = false
  let complaint = ''
  const end = (): void => {
    over = true
    for (const take of waiting.splice(0)) take(null)
  }
  process.stdout?.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (over) return
    if (size > most) {
      process.kill('SIGKILL')
      return end()
    }
    parts.push(chunk)
    if (chunk.at(-1) !== 0x0a) return
    const line = Buffer.concat(parts).toString()
    parts = []
    size = 0
    waiting.shift()?.(read(line))
  })
  process.stderr?.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk.toString()}`.slice(-2_000)
  })
  process.on('error', end)
  process.on('close', end)
  return {
    next: (take) => (over ? take(null) : void waiting.push(take)),
    complaint: () =>
      complaint
        .trim()
        .split('\n')
        .findLast((line) => /error/i.test(line)) ?? '',
  }
}

/** A child's line is believed in shape only where its process is still the one that was started. */
function read(line: string): Answer | null {
  try {
    return JSON.parse(line) as Answer
  } catch {
    return null
  }
}
