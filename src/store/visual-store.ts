import type { Redis } from 'ioredis'
import { SpinupError } from '../core/model/error.ts'
import type { OwnVisual } from '../core/visual/library.ts'
import { guardAll } from './guard.ts'
import { keys } from './keys.ts'

/** The visualisations that teams wrote, each team's by itself. Every call throws `storeFailed` (retryable) when Redis does not answer. */
export interface VisualStore {
  /** All of a tenant's (null: the installation's own team), removed ones too, by name. */
  of(tenant: string | null): Promise<readonly OwnVisual[]>
  find(tenant: string | null, name: string): Promise<OwnVisual | null>
  /** null: that version is not kept any more. */
  source(tenant: string | null, name: string, version: number): Promise<string | null>
  /**
   * Puts one as it is to be, with the source of its newest version where that is new; `before` is as it was read, and
   * `forget` goes. Throws `conflict` where somebody changed it meanwhile.
   */
  put(
    tenant: string | null,
    order: {
      readonly before: OwnVisual | null
      readonly after: OwnVisual
      readonly source: string | null
      readonly forget: string | null
    },
  ): Promise<void>
}

/**
 * KEYS: visualisations, sources. ARGV: name, as it was ('' when it was not), as it is to be, the field of its new source
 * ('': none), that source, the name that goes ('': none), fields of sources that go.
 */
const PUT = `
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[2], ARGV[4], ARGV[5]) end
if ARGV[6] ~= '' then redis.call('HDEL', KEYS[1], ARGV[6]) end
for index = 7, #ARGV do redis.call('HDEL', KEYS[2], ARGV[index]) end
return 1`

export function createVisualStore(redis: Redis): VisualStore {
  const find = async (tenant: string | null, name: string): Promise<OwnVisual | null> => {
    const text = await redis.hget(keys.visuals(tenant ?? ''), name)
    return text === null ? null : parse(text)
  }
  return guardAll('save or read a visualisation', {
    of: async (tenant) => {
      const found = await redis.hgetall(keys.visuals(tenant ?? ''))
      return Object.keys(found)
        .toSorted()
        .map((name) => parse(found[name] ?? ''))
    },
    find,
    source: (tenant, name, version) => redis.hget(keys.visualSources(tenant ?? ''), fieldOf(name, version)),
    put: async (tenant, { before, after, source, forget }) => {
      const kept = new Set(after.versions.map(({ number }) => number))
      const old = (before?.versions ?? []).filter(({ number }) => !kept.has(number))
      const forgotten = forget === null ? null : await find(tenant, forget)
      const gone = [
        ...old.map(({ number }) => fieldOf(after.name, number)),
        ...(forgotten?.versions ?? []).map(({ number }) => fieldOf(forgotten?.name ?? '', number)),
      ]
      const done = await redis.eval(
        PUT,
        2,
        keys.visuals(tenant ?? ''),
        keys.visualSources(tenant ?? ''),
        after.name,
        before === null ? '' : JSON.stringify(before),
        JSON.stringify(after),
        source === null ? '' : fieldOf(after.name, after.versions[0].number),
        source ?? '',
        forget ?? '',
        ...gone,
      )
      if (done === 1) return
      throw new SpinupError(
        'conflict',
        `${after.name} was changed by somebody else just now; look at it and try again.`,
      )
    },
  })
}

function fieldOf(name: string, version: number): string {
  return `${name}:${version}`
}

/** Written by `put` alone, so that what is read is, as text, what was written. */
function parse(text: string): OwnVisual {
  return JSON.parse(text) as OwnVisual
}
