import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { z } from 'zod'
import { messageOf } from '../core/model/error.ts'
import type { Droplet } from '../core/model/droplet.ts'
import type { Pool } from '../core/model/pool.ts'
import type { AlertView } from '../core/model/view.ts'
import { carries, isSpinups, poolTag, SPINUP_TAG } from '../core/pool/tags.ts'
import type { Services } from '../engine/services.ts'
import type { Provider } from '../providers/provider.ts'
import { keys } from '../store/keys.ts'
import type { Cloud } from './cloud.ts'
import type { Closing } from './closing.ts'

const EVERY_MS = 5_000
/** How often the account is asked again what runs there, while pools are missing. */
const ACCOUNT_MS = 10 * 60_000

/** What a pool was, as far as it matters when nothing else is known of it. */
const poolSchema = z.looseObject({ id: z.string(), name: z.string() })
const markerSchema = z.object({ id: z.string(), pools: z.array(poolSchema), lostAt: z.number().nullable() })

/** Kept in the data folder: which installation this is, and the pools it had. Without secrets. */
interface Marker {
  readonly id: string
  readonly pools: readonly Pool[]
  /** Since when some of them are not in Redis, epoch ms; null: all are. */
  readonly lostAt: number | null
}

/** Clones that nobody looks after; null: the account cannot be asked. */
interface Left {
  readonly droplets: readonly Droplet[] | null
  readonly why: string | null
}

/**
 * Tells an emptied Redis from a new installation, by a file in the data folder and by the tags of what runs in the
 * account: what is lost is said at once and for as long as it is, with what can be done. Never stops the bot.
 */
export async function watchInstallation(around: {
  readonly redis: Redis
  readonly dataDir: string
  readonly services: Services
  readonly cloud: Pick<Cloud, 'clouds' | 'access'>
  readonly log: Logger
  readonly closing: Closing
  readonly everyMs?: number
}): Promise<void> {
  const { redis, services, cloud, log } = around
  const file = join(around.dataDir, 'installation.json')
  let marker = await readMarker(file)
  let askedAt = -Infinity

  const remember = async (next: Marker): Promise<void> => {
    if (JSON.stringify(next) === JSON.stringify(marker)) return
    await writeFile(`${file}.new`, JSON.stringify(next), { mode: 0o600 })
    await rename(`${file}.new`, file)
    marker = next
  }

  const look = async (): Promise<void> => {
    const known = await redis.get(keys.installation)
    const ids = await services.store.list()
    const states = await Promise.all(ids.map((id) => services.store.load(id)))
    const pools = states.flatMap((state) => (state === null ? [] : [state.pool]))
    const { id: was = null, pools: before = [], lostAt = null } = marker ?? {}
    const missing = before.filter(({ id }) => !ids.includes(id))
    // One that was disconnected is missing, too; then Redis still says whose it is.
    const lost = missing.length > 0 && (lostAt !== null || known !== was)
    const id = was ?? known ?? randomBytes(8).toString('hex')
    if (lost) {
      const since = lostAt ?? services.now()
      await remember({ id, pools: [...pools, ...missing], lostAt: since })
      const left = await tellLost(missing, since)
      // Nothing runs that anyone would have to look after.
      if (left?.every(({ droplets }) => droplets?.length === 0)) await remember({ id, pools, lostAt: null })
    } else {
      if (lostAt !== null) {
        await tell(foundView(lostAt, services.now()), lostAt)
        log.info('every pool that was missing is there again')
        askedAt = -Infinity
      }
      await remember({ id, pools, lostAt: null })
    }
    if (known !== id) await redis.set(keys.installation, id)
  }

  /** null: it was said not long ago. */
  const tellLost = async (missing: readonly Pool[], since: number): Promise<readonly Left[] | null> => {
    if (performance.now() - askedAt < ACCOUNT_MS) return null
    const left = await Promise.all(missing.map((pool) => clonesOf(services.provider(pool), poolTag(pool.id))))
    const view = lostView(missing, left, since)
    log.error({ pools: missing.map(({ name }) => name), clones: namesOf(left) }, `${view.title}. ${view.text}`)
    await tell(view, since)
    askedAt = performance.now()
    return left
  }

  /** A new installation, by all that is here: perhaps the account knows better. */
  const lookAtAccounts = async (): Promise<void> => {
    for (const { entry, ready } of cloud.clouds.all) {
      if (ready.token === null) continue
      const access = cloud.access(entry, entry.environmentAccount)
      // Nothing else of a pool matters to list droplets.
      const pool = { address: { network: 'public', port: 80 }, clones: { size: null, region: null } } as Pool
      const left = await clonesOf(await ready.provider(access, pool), SPINUP_TAG)
      if ((left.droplets?.length ?? 0) === 0) continue
      const view = unknownView(entry.label, left, services.now())
      log.error({ clones: namesOf([left]) }, `${view.title}. ${view.text}`)
      await tell(view, 0)
    }
  }

  const tell = (view: AlertView, since: number): Promise<void> =>
    services.notices.tellOperator(`installation:${since}`, view, services.now())

  const quietly = (work: () => Promise<void>): Promise<void> =>
    work().catch((error: unknown) => {
      log.warn({ reason: messageOf(error) }, 'could not compare Redis with what was known before')
    })

  const isNew = marker === null
  await quietly(look)
  if (isNew && (await services.store.list().catch(() => [])).length === 0) void quietly(lookAtAccounts)
  let looking: Promise<void> | null = null
  const timer = setInterval(() => {
    looking ??= quietly(look).finally(() => (looking = null))
  }, around.everyMs ?? EVERY_MS)
  around.closing.add(async () => {
    clearInterval(timer)
    await looking
  })
}

async function readMarker(file: string): Promise<Marker | null> {
  try {
    // Written above alone, from pools as they are.
    return markerSchema.parse(JSON.parse(await readFile(file, 'utf8'))) as unknown as Marker
  } catch {
    return null
  }
}

async function clonesOf(provider: Pick<Provider, 'list'>, tag: string): Promise<Left> {
  try {
    const droplets = (await provider.list(tag)).filter((droplet) => isSpinups(droplet) && carries(droplet, tag))
    return { droplets, why: null }
  } catch (error) {
    return { droplets: null, why: messageOf(error) }
  }
}

function namesOf(left: readonly Left[]): readonly string[] {
  return left.flatMap(({ droplets }) => (droplets ?? []).map(({ name }) => name))
}

function lostView(pools: readonly Pool[], left: readonly Left[], since: number): AlertView {
  const names = namesOf(left)
  const unasked = left.find(({ why }) => why !== null)?.why ?? null
  const what =
    names.length > 0
      ? `${names.length === 1 ? 'A clone runs and costs' : `${names.length} clones run and cost`} money, and nobody looks after ${names.length === 1 ? 'it' : 'them'}: ${names.join(', ')}.`
      : unasked === null
        ? 'No clone of theirs runs.'
        : `Whether clones run cannot be found out: ${unasked}`
  return {
    ...ALERT,
    title: `Redis was emptied: ${pools.map(({ name }) => name).join(', ')} ${pools.length === 1 ? 'is' : 'are'} not in it any more`,
    text: `This is no new installation: the data folder says that it had ${pools.length === 1 ? 'that pool' : 'those pools'}. ${what}`,
    fix: 'Stop the bot, put back a backup (spinup restore FILE) and start again; or connect the same droplet again, and I offer to adopt each of its clones.',
    actions: [{ action: 'run:/spinup connect', label: 'Connect again', style: 'primary' }],
    since,
  }
}

function unknownView(cloud: string, left: Left, now: number): AlertView {
  const names = namesOf([left])
  return {
    ...ALERT,
    title: `${names.length} droplet${names.length === 1 ? '' : 's'} of a Spinup ${names.length === 1 ? 'runs' : 'run'} in the account, and I know nothing of ${names.length === 1 ? 'it' : 'them'}`,
    text: `${names.join(', ')} at ${cloud} ${names.length === 1 ? 'carries' : 'carry'} the tags of a clone and ${names.length === 1 ? 'costs' : 'cost'} money. If another Spinup looks after ${names.length === 1 ? 'it' : 'them'}, all is well.`,
    fix: 'Otherwise this one lost its Redis and its data folder: connect the droplet they were made from, and I offer to adopt each.',
    actions: [{ action: 'run:/spinup connect', label: 'Connect', style: 'primary' }],
    since: now,
  }
}

function foundView(since: number, now: number): AlertView {
  const title = 'Every pool is in Redis again'
  const text = 'What is not adopted yet is reported by its pool.'
  return { ...ALERT, tone: 'good', state: 'resolved', title, text, since, resolvedAt: now }
}

const ALERT = {
  kind: 'alert',
  tone: 'bad',
  state: 'active',
  fix: null,
  facts: [],
  actions: [],
  resolvedAt: null,
} as const
