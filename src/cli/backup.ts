import { SpinupError } from '../core/model/error.ts'
import { VERSION } from '../places.ts'
import { writeBackup, type BackupKeys } from '../store/backup/backup.ts'
import { holdsAnything, refuseHalf } from '../store/state-version.ts'
import {
  inWords,
  moment,
  nothingIn,
  readKept,
  refuseNowhere,
  size,
  untilAskedToEnd,
  withRedis,
  writeBackupFile,
} from './backup-file.ts'
import { runCommand } from './run-command.ts'

const HELP = `Writes everything that Spinup keeps to one sealed file: pools, policies, tokens, people, history, statistics, what is
under way and what waits to be posted. The bot keeps working; the file has all of it as it was at one instant.

  npm run backup -- spinup.backup             refuses where that file is there already
  npm run backup -- spinup.backup --force     writes over it
  npm run --silent backup -- - > FILE         to standard output

The file opens with the bot's secret (SPINUP_SECRET, or the file secret in SPINUP_DATA_DIR): keep a copy of that elsewhere.
With SPINUP_BACKUP_PASSPHRASE set it opens by that alone, and holds the secret: then the file is all that another machine
needs. It is written under another name until it was read again and found whole.

The Redis is that of REDIS_URL, or Spinup's own in SPINUP_DATA_DIR. \`npm run restore\` puts it back; docs/backup.md.`

const options = { force: { type: 'boolean', default: false } } as const

await runCommand({ help: HELP, options, words: true }, async ({ values: { force }, positionals: [file, ...more] }) => {
  if (file === undefined || more.length > 0) {
    throw new SpinupError('configuration', 'it takes the name of a file, or - for standard output. --help says more.')
  }
  if (file === '-' && process.stdout.isTTY) {
    throw new SpinupError('configuration', 'a terminal shows no backup: npm run --silent backup -- - > FILE')
  }
  const { config, keys } = await readKept()
  refuseNowhere(config)
  if (keys.secret === null && keys.passphrase === null) {
    throw nothingIn(config.dataDir, 'there is no secret to seal it with')
  }
  const signal = untilAskedToEnd()
  await withRedis(config, async (redis) => {
    await refuseHalf(redis)
    if (!(await holdsAnything(redis))) {
      // Night after night, an empty one would take the place of the last that was good.
      const where = config.redisUrl === null ? config.dataDir : 'REDIS_URL'
      throw new SpinupError(
        'notFound',
        `Redis holds nothing of a Spinup's, so there is nothing to write. Is ${where} right?`,
      )
    }
    const at = Date.now()
    if (file === '-') {
      const contents = await writeBackup(redis, process.stdout, { keys, spinup: VERSION, now: at, signal })
      console.error(`Written, as of ${moment(at)}: ${inWords(contents)}.`)
      console.error(`It holds keys: keep it to yourself. ${opens(keys)}.`)
    } else {
      const { contents, bytes } = await writeBackupFile({ keys, redis }, file, { force, signal })
      const took = ((Date.now() - at) / 1000).toFixed(1)
      console.log(`${file}, ${size(bytes)} in ${took} s, as of ${moment(at)}: ${inWords(contents)}.`)
      console.log(`It holds keys, and is readable by you alone. ${opens(keys)}.`)
    }
  })
})

function opens({ secret, passphrase }: BackupKeys): string {
  if (passphrase === null) return 'It opens with the bot’s secret alone: keep a copy of that elsewhere'
  return secret === null
    ? 'It opens by SPINUP_BACKUP_PASSPHRASE; the bot’s secret is not here, and so not in it: keep a copy of that elsewhere'
    : 'It opens by SPINUP_BACKUP_PASSPHRASE alone, and holds the bot’s secret'
}
