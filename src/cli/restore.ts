import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Redis } from 'ioredis'
import { restoredDraft } from '../core/audit/notes.ts'
import { SpinupError } from '../core/model/error.ts'
import { VERSION } from '../places.ts'
import { keepSecret, setSecretAside } from '../secret.ts'
import { createAuditLog } from '../store/audit.ts'
import { openBackup, type Backup } from '../store/backup/backup.ts'
import { keepBotsOut, putBack, removeEverything } from '../store/backup/put-back.ts'
import { keys as keysOf } from '../store/keys.ts'
import { holdsAnything, refuseNewer, STATE_VERSION } from '../store/state-version.ts'
import { inWords, moment, readKept, untilAskedToEnd, withRedis, writeBackupFile, type Kept } from './backup-file.ts'
import { inItsWords, runCommand } from './run-command.ts'

const HELP = `Puts a backup back into Redis, once it was read from its first byte to its last and found whole.

  npm run restore -- spinup.backup --check      only says what it holds
  npm run restore -- spinup.backup              into a Redis that has nothing of Spinup's
  npm run restore -- spinup.backup --replace    in place of what is there, which is written to a file beside it first
  npm run restore -- - < FILE                   from standard input

Stop the bot first. It needs the secret of the bot that the backup is of (SPINUP_SECRET, or the file secret in
SPINUP_DATA_DIR), or SPINUP_BACKUP_PASSPHRASE as it was. What was revoked or removed since then is valid again. At the next
start Spinup compares with the account: droplets that were made since are counted, and offered for adoption.`

const options = { check: { type: 'boolean', default: false }, replace: { type: 'boolean', default: false } } as const

await runCommand({ help: HELP, options, words: true }, async ({ values, positionals: [file, ...more] }) => {
  if (file === undefined || more.length > 0) {
    throw new SpinupError('configuration', 'it takes the name of a file, or - for standard input. --help says more.')
  }
  const kept = await readKept()
  const { dataDir } = kept.config
  await withFile(file, dataDir, async (path) => {
    const backup = await openBackup(path, kept.keys, VERSION)
    const { head, contents } = backup
    console.log(`Whole, as of ${moment(head.at)}, by Spinup ${head.spinup}: ${inWords(contents)}.`)
    refuseNewer(contents.state, VERSION, STATE_VERSION, `The state in ${file}`)
    if (values.check) return
    const beside = file === '-' ? join(dataDir, 'state') : file
    await withRedis(kept.config, (redis) => restore(kept, redis, backup, beside, values.replace))
  })
})

/** Standard input is read twice, too: it is put aside as it came, sealed. */
async function withFile(file: string, dataDir: string, work: (path: string) => Promise<void>): Promise<void> {
  if (file !== '-') return work(file)
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(dataDir, 'restore-'))
  try {
    const path = join(folder, 'stdin')
    await pipeline(process.stdin, createWriteStream(path, { mode: 0o600 }))
    await work(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function restore(
  { config, keys }: Kept,
  redis: Redis,
  backup: Backup,
  file: string,
  replace: boolean,
): Promise<void> {
  const at = Date.now()
  const mark = `before-${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}`
  const signal = untilAskedToEnd()
  const bots = await keepBotsOut(redis, `since ${moment(at)}, on ${hostname()}`)
  let secret: string | null
  try {
    const filled = await holdsAnything(redis)
    if (filled && !replace) throw takenBy('This Redis holds the state of a Spinup already')
    secret = newSecret(backup, keys.secret, { given: config.secret !== null, replace })
    if (filled) {
      const before = `${file}.${mark}`
      await writeBackupFile({ keys, redis }, before, { force: false, signal })
      console.log(`What was there is in ${before}; the same command with that file puts it back.`)
    }
    if (signal.aborted) throw new SpinupError('conflict', 'It was stopped; nothing was changed.')
  } catch (error) {
    await bots.letIn()
    throw error
  }
  signal.addEventListener('abort', () =>
    console.error(
      'It finishes, because half of a state is of no use. If you end it all the same, run it again before a bot starts.',
    ),
  )
  // From here on it is half of a state, until all of it is there: bots stay out, whatever happens.
  await removeEverything(redis)
  await putBack(redis, backup)
  // So the bot compares with what its data folder knows: pools that were connected since are reported as lost.
  await redis.del(keysOf.installation)
  if (secret !== null) {
    if (keys.secret !== null)
      console.log(`The secret that was here is in ${await setSecretAside(config.dataDir, mark)}.`)
    await keepSecret(secret, config.dataDir)
  }
  const { username } = userInfo()
  await createAuditLog(redis).append([restoredDraft({ madeAt: backup.head.at, by: `${username}@${hostname()}` }, at)])
  await bots.end()
  // What is only in the environment of this command is not there when the bot starts.
  if (config.secret !== null)
    console.log('Start the bot with the same SPINUP_SECRET: without it, accounts have to be linked again.')
  console.log(inItsWords(`Put back in ${((Date.now() - at) / 1000).toFixed(1)} s. Start the bot: npm start`))
}

/** The secret of the backup where it has to be kept here; null: it is here already, or not in the backup. */
function newSecret(
  { about }: Backup,
  known: string | null,
  { given, replace }: { readonly given: boolean; readonly replace: boolean },
): string | null {
  if (about.secret === null || about.secret === known) return null
  if (given) {
    throw new SpinupError(
      'configuration',
      'SPINUP_SECRET is not the secret of the bot that the backup is of, whose tokens it could not read. Nothing was changed. Unset it: the right one is in the backup, and is kept in the data folder.',
    )
  }
  if (known !== null && !replace) throw takenBy('The data folder has a secret of another bot')
  return about.secret
}

function takenBy(what: string): SpinupError {
  return new SpinupError(
    'conflict',
    `${what}; nothing was changed. --replace puts the backup in its place, and what is there into a file beside it first.`,
  )
}
