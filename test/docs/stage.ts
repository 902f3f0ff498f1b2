import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stopLeftovers } from '../../src/cli/leftovers.ts'
import { startRedisServer } from '../../src/store/redis-server.ts'
import { ROOT } from '../../package/docs/pages.ts'
import { until } from '../wait.ts'
import { misread } from './chat-lines.ts'
import { node, startedBy, type Environment, type Said } from './programs.ts'
import type { Call } from './shell-words.ts'

/** Why it went wrong, or null; `missing`: it needs a program that this machine has not. */
export type Ran = { readonly why: string | null } | 'missing'

/** A folder with a real bot and a real agent beside it, in which the pages' commands are run. */
export interface Stage {
  /** null: it is not one that is run here. */
  run(call: Call): Promise<Ran | null>
  python(text: string): Promise<Ran>
  stop(): Promise<void>
}

/** Programs that are run as they stand; `ends` says which endings are right, where it is not only 0. */
const RUN: readonly {
  readonly file: string
  readonly words: RegExp
  ends?(said: Said): boolean
}[] = [
  { file: '', words: /(^| )--help$/ },
  { file: 'src/cli/chat.ts', words: /^status$/ },
  { file: 'src/cli/audit.ts', words: /^(export( >.*)?|verify( [\w.]+\.ndjson)?)$/ },
  { file: 'src/cli/manifest.ts', words: /^--url/ },
  // A bot without an account has something to say; that it says it as data is what counts.
  { file: 'src/cli/doctor.ts', words: /^--json$/, ends: ({ out }) => out.startsWith('{"kind":"doctor"') },
]

/** What a shell ends with where it knows no such program. */
const NOT_FOUND = 127

export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'spinup-pages-'))
  const [bot, balancer, listen, statsd] = await Promise.all([freePort(), freePort(), freePort(), freePort()])
  const env: Environment = {
    SPINUP_DATA_DIR: folder,
    SPINUP_PORT: String(bot),
    SPINUP_BALANCER_PORT: String(balancer),
    SPINUP_LOG_LEVEL: 'warn',
  }
  const url = `http://127.0.0.1:${bot}`
  await writeFile(join(folder, 'agent.json'), JSON.stringify({ url, pool: 'web', member: 'web-1', key: 'none' }))
  const children = [
    begin([join(ROOT, 'src/main.ts')], folder, env),
    begin(
      [
        join(ROOT, 'agent/main.ts'),
        '--config',
        'agent.json',
        '--listen',
        `127.0.0.1:${listen}`,
        '--statsd',
        `127.0.0.1:${statsd}`,
      ],
      folder,
      {},
    ),
  ]
  const answers = async (address: string): Promise<boolean> =>
    fetch(address).then(
      ({ ok }) => ok,
      () => false,
    )
  await until(() => answers(`${url}/healthz`), { what: 'the bot', timeoutMs: 60_000 })
  await until(() => answers(`http://127.0.0.1:${listen}/health`), { what: 'the agent', timeoutMs: 60_000 })
  // So that the history has an entry.
  await node([join(ROOT, 'src/cli/chat.ts'), 'budget 200'], folder, env)

  return {
    async run({ text, words }) {
      if (/127\.0\.0\.1:812[56]\b|127\.0\.0\.1 8125/.test(text)) {
        const here = text.replaceAll(':8126', `:${listen}`).replaceAll(' 8125', ` ${statsd}`)
        return report(await sh(here.replace(/^curl /, 'curl --fail-with-body --silent '), folder))
      }
      const started = startedBy(words)
      if (started === null || typeof started === 'string') return null
      const given = started.words.join(' ')
      if (started.file === 'src/cli/chat.ts' && given !== 'status') return { why: misread(`/spinup ${given}`) }
      const found = RUN.find(({ file, words }) => (file === '' || file === started.file) && words.test(given))
      if (found === undefined) return null
      const arrow = started.words.indexOf('>')
      const said = await node(
        [join(ROOT, started.file), ...started.words.slice(0, arrow < 0 ? undefined : arrow)],
        folder,
        env,
      )
      if (arrow >= 0) await writeFile(join(folder, started.words[arrow + 1] ?? 'out'), said.out)
      return (found.ends ?? (({ status }) => status === 0))(said) ? { why: null } : report({ ...said, status: 1 })
    },
    async python(text) {
      await writeFile(join(folder, 'block.py'), text)
      return report(await sh('python3 block.py', folder))
    },
    async stop() {
      await Promise.all(children.map(end))
      await stopLeftovers(folder)
      await (await startRedisServer({ dataDir: folder })).stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function begin(words: readonly string[], cwd: string, env: Environment): ChildProcess {
  const environment = { PATH: process.env['PATH'], NODE_COMPILE_CACHE: join(ROOT, '.build/compile-cache'), ...env }
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...words], {
    cwd,
    env: environment,
    stdio: 'ignore',
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

function report({ status, out }: Said): Ran {
  if (status === NOT_FOUND) return 'missing'
  return { why: status === 0 ? null : `it ended with ${status}: ${out.trim().slice(0, 300)}` }
}

function sh(line: string, cwd: string): Promise<Said> {
  return new Promise((resolve) => {
    execFile('/bin/sh', ['-c', line], { cwd, timeout: 60_000 }, (error, out, err) =>
      resolve({ status: error === null ? 0 : Number(error.code ?? 1), out: out + err }),
    )
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
