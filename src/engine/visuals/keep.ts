import { SpinupError } from '../../core/model/error.ts'
import type { Actor } from '../../core/model/pool.ts'
import { tokenIn } from '../../core/model/tokens.ts'
import { earlier, MOST, newName, toForget, withVersion, type OwnVisual } from '../../core/visual/library.ts'
import type { Services } from '../services.ts'
import { thereAre } from '../../core/model/words.ts'

/** Whose visualisation, and who does it. */
interface Owner {
  /** null: the installation's own team. */
  readonly tenant: string | null
  readonly actor: Actor
}

/** A module as it was written; `over`: the version it was made from, 0: none, null: whatever there is. */
export interface NewSource {
  readonly name: string
  readonly source: string
  readonly over: number | null
}

/**
 * Keeps a module as the newest version of that name, once the sandbox has loaded it; null: it is so already. `taken`: names
 * it may not have. Throws `badInput` with the line of what is wrong, `conflict` also where somebody saved another version
 * since `over`, `limited`.
 */
export async function saveVisual(
  services: Services,
  { tenant, actor }: Owner,
  { name: wanted, source, over }: NewSource,
  taken: readonly string[],
): Promise<OwnVisual | null> {
  const all = await services.ownVisuals.of(tenant)
  const before = all.find(({ name }) => name === wanted) ?? null
  const others = before === null ? all.map(({ name }) => name) : []
  const name = newName(wanted, [...services.visuals.names, ...others, ...taken])
  const bytes = Buffer.byteLength(source)
  if (bytes > MOST.sourceBytes) {
    throw refused(name, `it has ${Math.ceil(bytes / 1024)} KiB, and ${MOST.sourceBytes / 1024} are the most`)
  }
  const secret = tokenIn(source)
  if (secret !== null) throw refused(name, `it holds ${secret}, which everybody who sees its source could use`)
  const about = await services.visuals.check(tenant, source)
  if ('kind' in about) {
    const { why, place } = about
    throw refused(name, place === null ? why : `line ${place.line}: ${why}`)
  }
  const [newest] = before?.versions ?? []
  const isSame =
    before?.removedAt === null &&
    newest !== undefined &&
    (await services.ownVisuals.source(tenant, name, newest.number)) === source
  if (isSame) return null
  if (over !== null && before !== null) mustBeNewest(before, over)
  const after = withVersion(before, name, { at: services.now(), by: actor.name, bytes, from: null, about })
  await services.ownVisuals.put(tenant, { before, after, source, forget: before === null ? toForget(all) : null })
  return after
}

/** Brings an earlier version back as a new one (null: the one before), or what was removed. Throws `notFound`, `conflict`. */
export async function undoVisual(
  services: Services,
  { tenant, actor }: Owner,
  name: string,
  number: number | null,
): Promise<OwnVisual> {
  const before = await ownVisual(services, tenant, name, 'any')
  const { about, bytes, number: from } = earlier(before, number)
  const source = await services.ownVisuals.source(tenant, before.name, from)
  if (source === null) throw new SpinupError('notFound', `Version ${from} of ${before.name} is not kept any more.`)
  const after = withVersion(before, before.name, { at: services.now(), by: actor.name, bytes, from, about })
  await services.ownVisuals.put(tenant, { before, after, source, forget: null })
  return after
}

/** It can be brought back until its place is needed. Throws `notFound`. */
export async function removeVisual(services: Services, { tenant }: Owner, name: string): Promise<OwnVisual> {
  const before = await ownVisual(services, tenant, name, 'present')
  const after = { ...before, removedAt: services.now() }
  await services.ownVisuals.put(tenant, { before, after, source: null, forget: null })
  return after
}

/** One that the team wrote. Throws `notFound`, also for one that was removed unless `any` will do. */
export async function ownVisual(
  services: Services,
  tenant: string | null,
  name: string,
  which: 'any' | 'present',
): Promise<OwnVisual> {
  const found = await services.ownVisuals.find(tenant, name.toLowerCase())
  if (found !== null && (which === 'any' || found.removedAt === null)) return found
  if (services.visuals.names.includes(name.toLowerCase())) {
    throw new SpinupError('notFound', `${name} is shipped with Spinup: it has no versions, and cannot be taken away.`)
  }
  const names = (await services.ownVisuals.of(tenant)).filter(({ removedAt }) => removedAt === null)
  const there = names.length === 0 ? 'there is none yet' : thereAre(names.map((one) => one.name))
  throw new SpinupError('notFound', `Your team has no visualisation called ${name}; ${there}.`)
}

/** Throws `conflict` for what was made from another version than there is, for it would hide what somebody wrote meanwhile. */
function mustBeNewest({ name, versions: [{ number, by }], removedAt }: OwnVisual, over: number): void {
  if (over === number || (over === 0 && removedAt !== null)) return
  const message =
    over === 0
      ? `There is ${name} already: open it to change it, or give this one another name.`
      : `${by} made version ${number} of ${name} meanwhile, and yours is of version ${over}. Nothing was kept yet: save once more to put yours above it.`
  throw new SpinupError('conflict', message)
}

function refused(name: string, why: string): SpinupError {
  return new SpinupError('badInput', `${name} was not kept: ${why.replace(/\.$/, '')}.`)
}
