import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { parseAddress, type Address } from './address.ts'
import { createMember, type Member } from './member.ts'

const saved = z.array(
  z.object({ url: z.string(), draining: z.boolean(), proven: z.boolean(), healthPath: z.string().nullish() }),
)

/** The member set, kept in a file so that a restarted process serves at once. Changes resolve when they are on disk. */
export interface Members {
  all(): Iterable<Member>
  /** Those of `all`, and removed ones that still finish requests. */
  everyone(): Iterable<Member>
  /** Also takes a draining member back; an unknown one is checked before it gets traffic. */
  add(address: Address, healthPath?: string): Promise<Member>
  /** False: unknown. */
  drain(key: string): Promise<boolean>
  remove(key: string): Promise<void>
  /** Loads by member key, 0 to 1; unknown ones are passed over. */
  weigh(loads: ReadonlyMap<string, number>): void
  save(): Promise<void>
}

/** Reads the set from `file`; members that served before do so again until a check says otherwise. */
export async function createMembers(options: { readonly file: string; readonly now: () => number }): Promise<Members> {
  const { file, now } = options
  const members = new Map<string, Member>()
  const leaving = new Set<Member>()
  let writing: Promise<void> = Promise.resolve()

  for (const entry of await readSaved(file)) {
    const address = parseAddress(entry.url)
    if ('refused' in address) continue
    const { draining, proven, healthPath = null } = entry
    members.set(
      address.key,
      Object.assign(createMember(address, now), { draining, proven, healthPath, healthy: proven }),
    )
  }

  const write = async () => {
    const entries = [...members.values()].map(({ address, draining, proven, healthPath }) => ({
      url: address.url,
      draining,
      proven,
      healthPath,
    }))
    await mkdir(dirname(file), { recursive: true })
    const handle = await open(`${file}.new`, 'w', 0o600)
    try {
      await handle.writeFile(JSON.stringify(entries))
      // Without it a power cut could leave an empty file under the good name.
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(`${file}.new`, file)
  }
  const save = () => {
    const next = writing.then(write)
    writing = next.catch(() => undefined)
    return next
  }

  return {
    all: () => members.values(),
    everyone() {
      for (const member of leaving) if (member.inFlight === 0) leaving.delete(member)
      return [...members.values(), ...leaving]
    },
    async add(address, healthPath) {
      const known = members.get(address.key)
      const member = known ?? createMember(address, now)
      member.draining = false
      if (healthPath !== undefined) member.healthPath = healthPath
      members.set(address.key, member)
      await save()
      return member
    },
    async drain(key) {
      const member = members.get(key)
      if (member === undefined) return false
      member.draining = true
      await save()
      return true
    },
    async remove(key) {
      const member = members.get(key)
      members.delete(key)
      if (member !== undefined && member.inFlight > 0) leaving.add(member)
      await save()
    },
    weigh(loads) {
      const at = now()
      for (const [key, value] of loads) {
        const member = members.get(key)
        if (member !== undefined) member.load = { value: Math.min(1, Math.max(0, value)), at }
      }
    },
    save,
  }
}

async function readSaved(file: string): Promise<z.infer<typeof saved>> {
  try {
    return saved.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw new Error(`${file} cannot be read; delete it to start without members`, { cause: error })
  }
}
