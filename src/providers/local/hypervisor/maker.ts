import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { SpinupError } from '../../../core/model/error.ts'
import type { CreateRequest, Droplet } from '../../provider.ts'
import { dropletFileSchema } from '../protocol.ts'
import type { Network, SeedRequest, Settings } from '../protocol.ts'
import type { Faults } from './faults.ts'
import { checkBound, type Bound } from '../../../core/model/bound.ts'
import { choosePorts } from './ports.ts'
import { present } from './present.ts'
import type { DropletRecord, Records } from './records.ts'

export interface MakerOptions {
  readonly records: Records
  readonly faults: Faults
  settings(): Settings
  snapshotFolder(id: string): string
  /** A droplet is in the records; its life begins. */
  born(id: string): void
}

/** A clone, and how many droplets there may be with it. */
export type Wanted = CreateRequest & { readonly bound: Bound; readonly network?: Network | undefined }

/** Makes droplets, one request at a time, so that equal requests at once make one. */
export interface Maker {
  create(request: Wanted): Promise<{ readonly droplet: Droplet; readonly answerLost: boolean }>
  seed(request: SeedRequest): Promise<Droplet>
}

type Plan = Pick<
  DropletRecord,
  'name' | 'vcpus' | 'memoryBytes' | 'dollarsPerHour' | 'operationTag' | 'tags' | 'image' | 'userData'
> & { readonly firstBootMs: number | null; readonly neverBoots: boolean; readonly network: Network | undefined }

export function createMaker({ records, faults, settings, snapshotFolder, born }: MakerOptions): Maker {
  let queue: Promise<unknown> = Promise.resolve()

  function oneByOne<T>(work: () => Promise<T>): Promise<T> {
    const mine = queue.then(work)
    queue = mine.catch(() => {})
    return mine
  }

  const living = (): readonly DropletRecord[] => records.droplets().filter((record) => record.goal !== 'gone')

  async function make({ network, ...plan }: Plan): Promise<Droplet> {
    // Also of those being erased: their programs may still hold them.
    const taken = records.droplets().flatMap((record) => [record.port, record.agentPort, record.statsdPort])
    const [port = 0, agentPort = 0, statsdPort = 0] = await choosePorts(3, new Set(taken))
    const now = Date.now()
    const record: DropletRecord = {
      ...plan,
      id: `droplet-${randomBytes(5).toString('hex')}`,
      createdAt: now,
      host: network?.host ?? '127.0.0.1',
      port: network?.port ?? port,
      metadataUrl: network?.metadataUrl ?? null,
      agentPort,
      statsdPort,
      goal: 'on',
      power: 'booting',
      born: false,
      bootAt: now + (plan.firstBootMs ?? settings().bootMs),
      processes: {},
    }
    records.putDroplet(record)
    born(record.id)
    return present(record)
  }

  return {
    create: (request) =>
      oneByOne(async () => {
        const known = living().find((record) => record.operationTag === request.operationTag)
        if (known) return { droplet: present(known), answerLost: false }
        checkBound(
          request.bound,
          living()
            .map((record) => present(record))
            .filter(({ tags }) => tags.includes(request.bound.tag)),
        )
        const snapshot = records.snapshots().find((record) => record.id === request.snapshotId)
        if (!snapshot) throw new SpinupError('notFound', `Snapshot ${request.snapshotId} does not exist.`)
        if (!snapshot.complete) {
          throw new SpinupError('unavailable', `Snapshot ${snapshot.name} is not complete yet; try again when it is.`)
        }
        if (faults.spend('failCreate')) {
          throw new SpinupError('unavailable', 'The local cloud is out of capacity (an armed fault); try again.')
        }
        const droplet = await make({
          name: request.name,
          vcpus: snapshot.vcpus,
          memoryBytes: snapshot.memoryBytes,
          dollarsPerHour: snapshot.dollarsPerHour,
          operationTag: request.operationTag,
          tags: [...new Set([...request.tags, request.bound.tag])],
          image: snapshotFolder(snapshot.id),
          userData: request.userData,
          firstBootMs: faults.spend('slowBoot')?.bootMs ?? null,
          neverBoots: faults.spend('neverBoot') !== null,
          network: request.network,
        })
        return { droplet, answerLost: faults.spend('loseAnswer') !== null }
      }),
    seed: (request) =>
      oneByOne(async () => {
        const known = living().find((record) => record.operationTag === null && record.name === request.name)
        if (known) return present(known)
        const image = resolve(request.from)
        checkImage(image)
        return make({
          name: request.name,
          ...request.size,
          dollarsPerHour: request.dollarsPerHour,
          operationTag: null,
          tags: [],
          image,
          userData: null,
          firstBootMs: null,
          neverBoots: false,
          network: request.network,
        })
      }),
  }
}

function checkImage(folder: string): void {
  const path = join(folder, 'droplet.json')
  try {
    dropletFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    throw new SpinupError('badInput', `${path} must hold {"services": [{"name", "command": […]}]}.`, { cause })
  }
}
