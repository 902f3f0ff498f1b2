import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import { SpinupError } from '../core/model/error.ts'
import { guard } from './guard.ts'
import { keys } from './keys.ts'

/** Secrets at rest. Redis, its files and its backups hold only what nobody can read without `SPINUP_SECRET`. Throws `storeFailed`. */
export interface Vault {
  put(id: string, text: string): Promise<void>
  /** null: there is none of that id. Throws `configuration` when it was sealed with another secret, or altered. */
  get(id: string): Promise<string | null>
  /** Unknown is fine. */
  forget(id: string): Promise<void>
  ids(): Promise<readonly string[]>
}

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** How entries are sealed: a change of it is a new number, so that old entries still open. */
const VERSION = '1'

/**
 * AES-256-GCM with a key derived (HKDF-SHA-256) from `secret`, and a nonce of its own each time. An entry is
 * `VERSION.KEY.SEALED`: KEY tells the key that sealed it, without telling anything about it. It opens only under its own
 * id, so that one who can write to Redis cannot pass one account's token off as another's.
 */
export function createVault(redis: Redis, secret: string): Vault {
  const key = derive(secret, 'key', 32)
  const name = derive(secret, 'name', 6).toString('base64url')

  const sealer = createSealer(key)

  return {
    put: guard('save a secret', async (id: string, text: string) => {
      await redis.hset(keys.vault, id, `${VERSION}.${name}.${sealer.close(text, bound(id))}`)
    }),

    get: guard('read a secret', async (id: string) => {
      const entry = await redis.hget(keys.vault, id)
      if (entry === null) return null
      const [version, sealedBy, text = ''] = entry.split('.')
      if (version !== VERSION) {
        throw unreadable(id, 'it was written by a newer Spinup', 'Update this bot')
      }
      if (sealedBy !== name) {
        throw unreadable(id, 'it was sealed with another SPINUP_SECRET', 'Start the bot with the secret it had then')
      }
      const opened = sealer.open(text, bound(id))
      // No cause: it could only repeat what was in there.
      if (opened === null) throw unreadable(id, 'it was altered', 'Find out who writes to your Redis')
      return opened
    }),

    forget: guard('forget a secret', async (id: string) => {
      await redis.hdel(keys.vault, id)
    }),

    ids: guard('list secrets', async () => (await redis.hkeys(keys.vault)).toSorted()),
  }
}

/** Seals texts, each to open for the same `bound` alone. */
export interface Sealer {
  /** As text for a URL. */
  close(text: string, bound: Buffer): string
  /** null: it was altered, or sealed with another key or for something else. */
  open(sealed: string, bound: Buffer): string | null
}

/** AES-256-GCM, with a nonce of its own each time. `key`: 32 bytes. */
export function createSealer(key: Buffer): Sealer {
  return {
    close(text, bound) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(bound)
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
        'base64url',
      )
    },
    open(text, bound) {
      const sealed = Buffer.from(text, 'base64url')
      try {
        const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
        decipher.setAAD(bound).setAuthTag(sealed.subarray(-TAG_BYTES))
        const opened = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES))
        return Buffer.concat([opened, decipher.final()]).toString('utf8')
      } catch {
        return null
      }
    },
  }
}

function derive(secret: string, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'spinup vault', `${VERSION} ${purpose}`, bytes))
}

function bound(id: string): Buffer {
  return Buffer.from(`spinup vault ${VERSION}\n${id}`)
}

function unreadable(id: string, why: string, remedy: string): SpinupError {
  return new SpinupError(
    'configuration',
    `The stored secret ${id} cannot be read: ${why}. ${remedy}, or link the account again with /spinup connect account.`,
  )
}
