import { access, readFile } from 'node:fs/promises'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Collect } from './collect/proc.ts'
import type { Listen } from './shell/run.ts'

const USAGE =
  'usage: node agent/main.ts --config FILE [--listen 127.0.0.1:8126|off] [--statsd 127.0.0.1:8125|off] [--buffer 3600]'
const HELP = `Reports this droplet's CPU, memory and own stats to Spinup. The install line sets it up.

${USAGE}`

function listenOf(text: string, flag: string): Listen | null {
  if (text === 'off') return null
  const colon = text.lastIndexOf(':')
  const port = Number(text.slice(colon + 1))
  if (colon < 1 || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--${flag} is HOST:PORT or off, not "${text}"; ${USAGE}`)
  }
  return { host: text.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port }
}

async function collectOf(root: string | undefined): Promise<Collect> {
  // A root that was asked for is waited for; without one, hosts that have no /proc are read through Node.
  const readable =
    root !== undefined ||
    (await access('/proc/stat').then(
      () => true,
      () => false,
    ))
  if (readable) return (await import('./collect/proc.ts')).createProcCollect(root ?? '/proc')
  const { createSystemCollect } = await import('./collect/system.ts')
  return createSystemCollect()
}

/** Of the package that this agent came in; null when that cannot be read. */
async function versionOf(file: string): Promise<string | null> {
  try {
    const { version }: { readonly version?: unknown } = JSON.parse(await readFile(file, 'utf8'))
    return typeof version === 'string' ? version : null
  } catch {
    return null
  }
}

async function main(): Promise<void> {
  if (process.argv.includes('--help') || process.argv.includes('-h')) return console.log(HELP)
  const { values } = parseArgs({
    options: {
      config: { type: 'string' },
      listen: { type: 'string', default: '127.0.0.1:8126' },
      statsd: { type: 'string', default: '127.0.0.1:8125' },
      buffer: { type: 'string', default: '3600' },
    },
  })
  const file = values.config
  if (file === undefined) throw new Error(`--config is missing; ${USAGE}`)
  const bufferSamples = Number(values.buffer)
  if (!Number.isInteger(bufferSamples) || bufferSamples < 1) throw new Error(`--buffer is a count of samples; ${USAGE}`)
  const listen = listenOf(values.listen, 'listen')
  const statsd = listenOf(values.statsd, 'statsd')
  // The rest is loaded only now, so that from the second start on it comes out of the cache, types stripped already.
  enableCompileCache()
  const [{ readConfig }, { createMetadata }, { createAgentLog }, { runAgent }] = await Promise.all([
    import('./shell/config.ts'),
    import('./shell/droplet.ts'),
    import('./shell/log.ts'),
    import('./shell/run.ts'),
  ])
  const [config, collect, version] = await Promise.all([
    readConfig(file),
    collectOf(process.env['SPINUP_AGENT_PROC']),
    versionOf(join(import.meta.dirname, '../package.json')),
  ])

  let key = config.kind === 'identity' ? config.identity.key : config.enrol
  const log = createAgentLog(
    (line) => void process.stderr.write(line),
    () => key,
  )
  const agent = runAgent({
    file,
    config,
    version,
    collect,
    metadata: createMetadata(process.env['SPINUP_AGENT_METADATA'] ?? 'http://169.254.169.254'),
    listen,
    statsd,
    bufferSamples,
    log,
    random: Math.random,
    onKey: (next) => {
      key = next
    },
  })
  const stop = (): void => {
    void agent.stop().finally(() => process.exit(0))
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

try {
  await main()
} catch (error) {
  // Parse and file errors name flags and paths, never the file's contents.
  const text = error instanceof Error ? error.message : String(error)
  const msg = text.replace(/^Unknown option '([^']*)'.*$/s, `there is no option $1; ${USAGE}`)
  console.error(JSON.stringify({ level: 'error', msg }))
  process.exit(2)
}
