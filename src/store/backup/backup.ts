import { createHash, createHmac, hkdfSync, randomBytes, scryptSync } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { messageOf, SpinupError } from '../../core/model/error.ts'
import { createContents, type Contents } from './contents.ts'
import { copyKeys } from './copy.ts'
import { decode, encode, type About, type BackupRecord } from './records.ts'
import { seal, unseal } from './seal.ts'

/** What opens backups: the bot's own secret, or a passphrase, and then the secret is in there; null: it is not known. */
export interface BackupKeys {
  readonly secret: string | null
  readonly passphrase: string | null
}

/** What a backup says of itself to everybody, in its first line. */
export interface BackupHead {
  /** How the file is made; a change of it is a new number. */
  readonly format: 1
  /** The Spinup that wrote the file. */
  readonly spinup: string
  /** When its copy began, epoch ms. */
  readonly at: number
  readonly sealedBy: 'secret' | 'passphrase'
  /** Tells a wrong secret or passphrase from a file that was altered. */
  readonly check: string
  /** Of this file alone, hex. */
  readonly salt: string
}

const MAGIC = 'SPINUP BACKUP '
const HEAD_BYTES = 4096

const headSchema = z.object({
  spinup: z.string(),
  at: z.number(),
  sealedBy: z.enum(['secret', 'passphrase']),
  check: z.string(),
  salt: z.string(),
})

/**
 * Writes everything that Spinup keeps in `redis` to `into`, as it was at one instant (see `copyKeys`), compressed and
 * sealed; never more of it in memory than a page of keys. Gives what was written. Throws `storeFailed`.
 */
export async function writeBackup(
  redis: Redis,
  into: Writable,
  options: {
    readonly keys: BackupKeys
    readonly spinup: string
    readonly now: number
    readonly signal?: AbortSignal
  },
): Promise<Contents> {
  const { keys, spinup, now: at } = options
  const sealedBy = keys.passphrase === null ? 'secret' : 'passphrase'
  const salt = randomBytes(32)
  const master = masterOf(keys, sealedBy, salt)
  if (master === null) throw new SpinupError('configuration', 'There is nothing to seal a backup with.')
  const head: BackupHead = {
    format: 1,
    spinup,
    at,
    sealedBy,
    check: checkOf(master, salt),
    salt: salt.toString('hex'),
  }
  const line = Buffer.from(`${MAGIC}${JSON.stringify(head)}\n`)
  const contents = createContents()
  const records = async function* (): AsyncGenerator<Buffer> {
    let count = 1
    yield encode({ is: 'about', secret: sealedBy === 'passphrase' ? keys.secret : null })
    for await (const page of copyKeys(redis)) {
      for (const copied of page) {
        contents.take(copied)
        count++
        yield encode({ is: 'key', ...copied })
      }
    }
    yield encode({ is: 'end', records: count })
  }
  const file = async function* (zipped: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    yield line
    yield* seal(zipped, fileKeyOf(master, salt, line))
  }
  await pipeline(
    records,
    createGzip({ level: 1 }),
    file,
    into,
    options.signal === undefined ? {} : { signal: options.signal },
  )
  return contents.all()
}

/** A backup that was opened and found whole. */
export interface Backup {
  readonly head: BackupHead
  readonly about: About
  readonly contents: Contents
  /** Its keys, in the order in which they are put back. */
  keys(): AsyncGenerator<Extract<BackupRecord, { is: 'key' }>>
}

/**
 * Reads a backup from its first byte to its last, and throws `badInput` or `configuration` with the reason where it is not
 * whole, opens with another secret, or was written in a form of later. The state in it may be newer than `spinup` reads.
 */
export async function openBackup(file: string, keys: BackupKeys, spinup: string): Promise<Backup> {
  const line = await firstLine(file)
  const head = readHead(file, line, spinup)
  const salt = Buffer.from(head.salt, 'hex')
  const master = masterOf(keys, head.sealedBy, salt)
  if (master === null) throw otherKey(file, head)
  const isSame = head.check === checkOf(master, salt)
  const records = async function* (): AsyncGenerator<BackupRecord> {
    const sealed = createReadStream(file, { start: line.length })
    const unzip = createGunzip()
    const piped = pipeline(unseal(sealed, fileKeyOf(master, salt, line)), unzip)
    // It is looked at below, perhaps a moment later.
    piped.catch(() => undefined)
    try {
      yield* decode(unzip)
      await piped
    } catch (error) {
      // Whatever ended the stream did so by the fault of the piece that was read.
      const why = await piped.then(
        () => error,
        (cause: unknown) => cause,
      )
      if (!isSame) throw otherKey(file, head)
      throw new SpinupError('badInput', `${file} cannot be used: ${messageOf(why)}.`, { cause: why })
    } finally {
      sealed.destroy()
    }
  }
  const contents = createContents()
  let about: About = { secret: null }
  for await (const record of records()) {
    if (record.is === 'about') about = record
    if (record.is === 'key') contents.take(record)
  }
  return {
    head,
    about,
    contents: contents.all(),
    keys: async function* () {
      for await (const record of records()) if (record.is === 'key') yield record
    },
  }
}

async function firstLine(file: string): Promise<Buffer> {
  let bytes = Buffer.alloc(0)
  try {
    for await (const chunk of createReadStream(file, { end: HEAD_BYTES - 1 })) {
      bytes = Buffer.concat([bytes, chunk as Buffer])
    }
  } catch (error) {
    throw new SpinupError('badInput', `${file} cannot be read (${messageOf(error)}).`)
  }
  const end = bytes.indexOf('\n')
  if (end < 0 || !bytes.subarray(0, MAGIC.length).equals(Buffer.from(MAGIC))) throw noBackup(file)
  return bytes.subarray(0, end + 1)
}

function readHead(file: string, line: Buffer, spinup: string): BackupHead {
  let value: unknown
  try {
    value = JSON.parse(line.toString('utf8', MAGIC.length))
  } catch {
    throw noBackup(file)
  }
  const format = z.object({ format: z.number(), spinup: z.string() }).safeParse(value).data
  if (format !== undefined && format.format !== 1) {
    const whose = `${file} was written by Spinup ${format.spinup} in a form (${format.format}) that Spinup ${spinup} does not read.`
    throw new SpinupError('configuration', `${whose} Nothing was changed. Install ${format.spinup} or later.`)
  }
  const head = headSchema.safeParse(value)
  if (!head.success) throw noBackup(file)
  return { format: 1, ...head.data }
}

function noBackup(file: string): SpinupError {
  return new SpinupError('badInput', `${file} is no backup of Spinup's, or its first line was altered.`)
}

function otherKey(file: string, { sealedBy }: BackupHead): SpinupError {
  return new SpinupError(
    'configuration',
    sealedBy === 'passphrase'
      ? `${file} opens by the passphrase it was written with, and SPINUP_BACKUP_PASSPHRASE does not hold that (or its first line was altered). Nothing was changed.`
      : `${file} opens with the secret of the bot it is of, and that is not here (or its first line was altered). Nothing was changed. Put it into SPINUP_SECRET, or into the file secret in the data folder.`,
  )
}

/** A passphrase is stretched, so that trying many takes long; a secret is long enough. null: it is not known. */
function masterOf({ secret, passphrase }: BackupKeys, sealedBy: BackupHead['sealedBy'], salt: Buffer): Buffer | null {
  if (sealedBy === 'secret') return secret === null ? null : Buffer.from(secret)
  if (passphrase === null) return null
  return scryptSync(passphrase, salt, 32, { N: 2 ** 16, r: 8, p: 1, maxmem: 128 * 1024 ** 2 })
}

function checkOf(master: Buffer, salt: Buffer): string {
  const key = Buffer.from(hkdfSync('sha256', master, salt, 'spinup backup check', 32))
  return createHmac('sha256', key).update('1').digest('hex').slice(0, 16)
}

/** Another for every file; bound to the first line, whose alteration makes it another, too. */
function fileKeyOf(master: Buffer, salt: Buffer, line: Buffer): Buffer {
  const bound = createHash('sha256').update(line).digest('hex')
  return Buffer.from(hkdfSync('sha256', master, salt, `spinup backup 1 ${bound}`, 32))
}
