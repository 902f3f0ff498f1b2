import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { messageOf, SpinupError } from '../core/model/error.ts'
import type { Grant } from '../providers/cloud.ts'
import { keys } from '../store/keys.ts'
import { acquireLease } from '../store/lock.ts'
import type { Vault } from '../store/vault.ts'
import type { Cloud, Clouds } from './clouds.ts'
import { parseCredential, renewAt, tokenOf, type Credential } from './credential.ts'

/**
 * The accounts linked to this installation. Ids are ours and secret-free; tokens leave only by `token`. Those of the
 * environment are in no vault.
 */
export interface Accounts {
  /** Its present access token, renewed first where it is due. Throws `unauthorised` when there is none any more. */
  token(id: string): Promise<string>
  /** Where it is. Throws `unauthorised` when it is not linked any more. */
  cloudOf(id: string): Promise<Cloud>
  /** Keeps what a person pasted or consented to, of the cloud of that name; the new id. */
  keep(cloud: string, credential: { readonly token: string } | { readonly grant: Grant }): Promise<string>
  /** Makes its tokens worthless where that can be done, and forgets them; what a person still has to do, or null. */
  forget(id: string): Promise<string | null>
  /** Renews what is due, and forgets what was linked over two hours ago and is not among `used`. */
  maintain(used: ReadonlySet<string>): Promise<void>
}

export interface AccountsOptions {
  readonly vault: Vault
  readonly redis: Redis
  readonly clouds: Clouds
  /** Epoch ms. */
  readonly now: () => number
  readonly log: Logger
}

/** Longer than renewing takes at most. */
const RENEWAL_MS = 30_000
/** A token with less than this left is not handed out, ms. */
const LAPSING_MS = 30_000
/** Choosing on the page takes at most its session's hour. */
const UNUSED_MS = 2 * 3_600_000
const PREFIX = 'account-'
/** What a balancer's secrets are sealed as. */
export const SEALED_PREFIX = 'sealed-'
/** Whatever is looked after; the last is what sealed secrets were called at first. */
const PREFIXES = [PREFIX, SEALED_PREFIX, 'webhook-']

export function createAccounts(options: AccountsOptions): Accounts {
  const { vault, redis, clouds, now, log } = options

  // Renewed, and not put away yet because the store failed: the only copies there are.
  const unsaved = new Map<string, Credential>()

  async function save(id: string, credential: Credential): Promise<void> {
    unsaved.set(id, credential)
    await vault.put(id, JSON.stringify(credential))
    unsaved.delete(id)
  }
  async function read(id: string): Promise<Credential | null> {
    const spare = unsaved.get(id)
    if (spare !== undefined) {
      await save(id, spare)
      return spare
    }
    const text = await vault.get(id)
    return text === null ? null : parseCredential(text)
  }
  async function must(id: string): Promise<Credential> {
    const found = await read(id)
    if (found !== null) return found
    throw new SpinupError(
      'unauthorised',
      'The account is not linked any more; type /spinup connect account for a new link.',
    )
  }
  const due = (credential: Credential): boolean =>
    credential.kind === 'oauth' && credential.refreshToken !== null && now() >= renewAt(credential, credential.keptAt)
  const expired = (credential: Credential): boolean =>
    credential.kind === 'oauth' && now() > credential.expiresAt - LAPSING_MS

  /** One bot renews; the others go on with what they have, or wait for it where that has expired. */
  async function renewed(id: string, known: Credential): Promise<Credential> {
    const waitMs = expired(known) ? RENEWAL_MS : 0
    const lease = await acquireLease(redis, keys.renewal(id), { ttlMs: RENEWAL_MS, waitMs })
    if (lease === null) return must(id)
    try {
      const fresh = await must(id)
      if (!due(fresh) || fresh.kind !== 'oauth' || fresh.refreshToken === null) return fresh
      const { login } = clouds.named(fresh.cloud)
      if (login === null) return fresh
      const grant = await login.refresh(fresh.refreshToken)
      const credential = credentialOf(fresh.cloud, grant, now())
      // The old refresh token is spent.
      await save(id, credential)
      log.info({ account: id, expiresAt: new Date(grant.expiresAt).toISOString() }, 'access to the account renewed')
      return credential
    } catch (error) {
      if (expired(known)) throw error
      log.warn({ account: id, reason: messageOf(error) }, 'access to the account not renewed yet')
      return known
    } finally {
      await lease.release()
    }
  }

  async function token(id: string): Promise<string> {
    const own = clouds.ofEnvironment(id)
    if (own !== null) {
      if (own.ready.token !== null) return own.ready.token
      throw new SpinupError(
        'configuration',
        `The pool’s account is the one of ${own.entry.variables.token}, which is not set any more. Set it, or link the account with /spinup connect account.`,
      )
    }
    const known = await must(id)
    return tokenOf(due(known) ? await renewed(id, known) : known)
  }

  async function forget(id: string): Promise<string | null> {
    const own = clouds.ofEnvironment(id)
    if (own !== null) return `its token is ${own.entry.variables.token} of this bot; take it out of the environment`
    const known = await read(id)
    let left: string | null = null
    if (known?.kind === 'token') {
      left = `a pasted token can only be revoked by you, in ${clouds.named(known.cloud).entry.label}’s control panel under API`
    } else if (known !== null) {
      left = await revoke(known)
    }
    await vault.forget(id)
    unsaved.delete(id)
    return left
  }

  async function revoke(credential: Credential): Promise<string | null> {
    const { entry, login } = clouds.named(credential.cloud)
    try {
      if (login === null) throw new SpinupError('configuration', `${entry.variables.application} is not set any more`)
      await login.revoke(tokenOf(credential))
      return null
    } catch (error) {
      return `its access could not be revoked (${messageOf(error)}); do that in ${entry.label}’s control panel under API, Authorized Applications`
    }
  }

  /** When something other than a credential was put away; now, where it does not say. */
  async function keptAt(id: string): Promise<number> {
    const { keptAt: at } = JSON.parse((await vault.get(id)) ?? '{}') as { readonly keptAt?: number }
    return at ?? now()
  }

  return {
    token,
    cloudOf: async (id) => clouds.ofEnvironment(id) ?? clouds.named((await must(id)).cloud),
    async keep(cloud, given) {
      const id = PREFIX + randomBytes(8).toString('hex')
      const credential: Credential =
        'token' in given
          ? { kind: 'token', cloud, token: given.token, keptAt: now() }
          : credentialOf(cloud, given.grant, now())
      await vault.put(id, JSON.stringify(credential))
      return id
    },
    forget,
    async maintain(used) {
      for (const id of await vault.ids()) {
        // The chats keep secrets in there, too.
        if (!PREFIXES.some((prefix) => id.startsWith(prefix))) continue
        try {
          const known = await read(id)
          if (known === null) {
            // Sealed for a balancer that nobody chose after all.
            if (!used.has(id) && now() - (await keptAt(id)) > UNUSED_MS) await vault.forget(id)
            continue
          }
          if (!used.has(id) && now() - known.keptAt > UNUSED_MS) await forget(id)
          else if (due(known)) await renewed(id, known)
        } catch (error) {
          log.warn({ account: id, reason: messageOf(error) }, 'account not looked after')
        }
      }
    },
  }
}

function credentialOf(cloud: string, grant: Grant, now: number): Credential {
  return { kind: 'oauth', cloud, ...grant, keptAt: now }
}
