import { readFile } from 'node:fs/promises'
import { givenEnvironment } from '../config/env-file.ts'
import { readConfig } from '../config/read-config.ts'
import { messageOf, SpinupError } from '../core/model/error.ts'
import { plural } from '../core/model/words.ts'
import { createAuditLog, type AuditLog } from '../store/audit.ts'
import type { AuditVerdict } from '../store/audit-chain.ts'
import { exportLines, findHash, firstLost, verifyLines } from '../store/audit-export.ts'
import { refuseNowhere, withRedis } from './backup-file.ts'
import { runCommand } from './run-command.ts'

const HELP = `Who did what, when and from where, as it is kept in Redis; with or without a running bot.

  npm run --silent audit -- export > audit.ndjson     every entry, one JSON object a line, oldest first
  npm run --silent audit -- export --pool web         those about one pool
  npm run audit -- verify                             checks the chain; says the first entry that is not as it was written
  npm run audit -- verify audit.ndjson                the same for an export, and whether Redis still has its entries
  npm run audit -- verify audit.ndjson --offline      the export alone
  npm run audit -- verify HASH                        whether Redis still has the entry with that hash, as noted earlier

Each entry carries the SHA-256 of the one before. The Redis is that of REDIS_URL, or Spinup's own in SPINUP_DATA_DIR.
Exit status 1: the chain is broken.`

const HASH = /^[0-9a-f]{64}$/i

const REWRITTEN = 'somebody has rewritten the chain, or Redis was restored'

const options = { pool: { type: 'string' }, offline: { type: 'boolean', default: false } } as const

await runCommand({ help: HELP, options, words: 'needed' }, async ({ values, positionals }) => {
  const [what, file, ...rest] = positionals
  if ((what !== 'export' && what !== 'verify') || rest.length > 0 || (what === 'export' && file !== undefined)) {
    throw new SpinupError('configuration', 'it takes export, or verify and a file or hash. --help says more.')
  }
  if (what === 'export') await withLog((log) => exportTo(log, values.pool ?? null))
  else if (file === undefined) await withLog(async (log) => say('the chain', await log.verify()))
  else if (HASH.test(file)) await verifyHash(file.toLowerCase())
  else await verifyFile(file, values.offline)
})

async function exportTo(log: AuditLog, pool: string | null): Promise<void> {
  const count = await write(exportLines(log, pool))
  // An empty file would pass for a pool that nobody has touched.
  if (count === 0)
    throw new SpinupError(
      'notFound',
      pool === null ? 'there is no entry.' : `there is no entry about a pool called “${pool}”.`,
    )
}

async function verifyHash(hash: string): Promise<void> {
  await withLog(async (log) => {
    const verdict = await log.verify()
    say('the chain', verdict)
    if (verdict.kind === 'broken') return
    const seq = await findHash(log, hash)
    if (seq !== null) return console.log(`whole: entry ${seq} has that hash.`)
    const older = verdict.first > 1 ? `; it may be one of the ${verdict.first - 1} that were dropped` : ''
    console.log(`BROKEN: no entry has that hash: ${REWRITTEN}${older}.`)
    process.exitCode = 1
  })
}

async function verifyFile(file: string, offline: boolean): Promise<void> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SpinupError('badInput', `${file} cannot be read: ${messageOf(cause)}`, { cause })
  })
  const lines = text.split('\n').filter((line) => line !== '')
  const verdict = verifyLines(lines)
  if (verdict === null) throw new SpinupError('badInput', `${file} holds no entry.`)
  say(file, verdict)
  if (offline || verdict.kind === 'broken') return
  await withLog(async (log) => {
    say('the chain in Redis', await log.verify())
    const lost = await firstLost(log, lines)
    if (lost === null) return
    console.log(`BROKEN: entry ${lost.seq} of ${file} is not in Redis as it was: ${REWRITTEN}.`)
    process.exitCode = 1
  })
}

function say(what: string, verdict: AuditVerdict): void {
  if (verdict.kind === 'whole') {
    const { entries, first, head } = verdict
    const range = entries === 0 ? '' : `, ${first} to ${head.seq}`
    console.log(
      `whole: ${what} has ${plural(entries, 'entry').replace('entrys', 'entries')}${range}; it ends with ${head.hash}`,
    )
    return
  }
  console.log(`BROKEN: entry ${verdict.seq} of ${what}: ${verdict.why}.`)
  process.exitCode = 1
}

async function withLog(work: (log: AuditLog) => Promise<void>): Promise<void> {
  const config = readConfig(givenEnvironment(process.env).env)
  // There, an export would be empty and the chain whole.
  refuseNowhere(config)
  await withRedis(config, (redis) => work(createAuditLog(redis)))
}

/** Waits while the reader is slower than we are; gives how many lines there were. */
async function write(lines: AsyncIterable<string>): Promise<number> {
  let count = 0
  // The listener has gone: there is nobody left to tell.
  process.stdout.on('error', () => process.exit(0))
  for await (const line of lines) {
    count++
    if (!process.stdout.write(`${line}\n`)) await new Promise((resolve) => process.stdout.once('drain', resolve))
  }
  return count
}
