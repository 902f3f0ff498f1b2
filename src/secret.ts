import { createHmac, hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SpinupError } from './core/model/error.ts'

const LEAST_LENGTH = 16

/**
 * The given secret, or the one kept in the data folder (mode 0600), made on first start. Throws `configuration` when
 * the one that is kept there is none.
 */
export async function obtainSecret(given: string | null, dataDir: string): Promise<string> {
  const known = await findSecret(given, dataDir)
  if (known !== null) return known
  await keepSecret(randomBytes(32).toString('hex'), dataDir)
  const made = await findSecret(given, dataDir)
  if (made !== null) return made
  throw new SpinupError('configuration', `${fileOf(dataDir)} was deleted while the bot was starting; start it again.`)
}

/** The same where there is one; null: none was given, and no bot has started in this data folder. */
export async function findSecret(given: string | null, dataDir: string): Promise<string | null> {
  return given ?? (await readSecret(fileOf(dataDir)))
}

/** Keeps a secret in a data folder that has none; one that is there stays. */
export async function keepSecret(secret: string, dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  // Whole or not at all: of two bots starting at once, or killed meanwhile, none reads half a secret.
  const draft = `${fileOf(dataDir)}.${randomUUID()}`
  try {
    await writeFile(draft, secret, { mode: 0o600, flag: 'wx' })
    await link(draft, fileOf(dataDir))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
}

/** Takes a data folder's secret aside, for another; gives where it is now. */
export async function setSecretAside(dataDir: string, mark: string): Promise<string> {
  const aside = `${fileOf(dataDir)}.${mark}`
  await rename(fileOf(dataDir), aside)
  return aside
}

const fileOf = (dataDir: string): string => join(dataDir, 'secret')

/** What the installation's secret is used for; each has a key of its own, from which nothing of the others can be found. */
export type Purpose = 'balancer control' | 'console links' | 'console sessions' | 'public address'

/** The key of a purpose, as 64 hex digits; the secret itself is handed to nobody. */
export function deriveKey(secret: string, purpose: Purpose): string {
  return Buffer.from(hkdfSync('sha256', secret, 'spinup', purpose, 32)).toString('hex')
}

/** What nobody without `key` answers to a nonce, as hex digits. */
export function proofOf(key: string, nonce: string): string {
  return createHmac('sha256', key).update(nonce).digest('hex')
}

async function readSecret(file: string): Promise<string | null> {
  let secret: string
  try {
    secret = (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  if (secret.length >= LEAST_LENGTH) return secret
  throw new SpinupError(
    'configuration',
    `${file} holds no secret. Put back the one from your backup, or set SPINUP_SECRET; without it the linked accounts have to be linked again, and then you can delete that file.`,
  )
}
