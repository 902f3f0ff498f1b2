import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { startStandIn } from '../../stand-in.ts'
import type { BackedDroplet } from '../api/options.ts'
import type { Machines, MachinesOptions } from './machines.ts'
import { placesIn } from './places.ts'
import { program } from '../../../places.ts'

/** What the machines' process is asked to do. */
export type MachinesOrder =
  | {
      readonly kind: 'seed'
      readonly droplet: Pick<BackedDroplet, 'id' | 'name' | 'metadataUrl'>
      readonly from: string
    }
  | { readonly kind: 'installAgent'; readonly id: number; readonly config: string }
  | { readonly kind: 'boot'; readonly droplet: BackedDroplet }
  | { readonly kind: 'power'; readonly id: number; readonly to: 'on' | 'off' }
  | { readonly kind: 'snapshot'; readonly id: number; readonly snapshotId: string }
  | { readonly kind: 'destroy'; readonly id: number }

const placeSchema = z.object({ ip: z.string(), port: z.number() })

/** Starts machines in a process of their own. */
export async function startMachines(options: Omit<MachinesOptions, 'log'>): Promise<Machines> {
  const dir = resolve(options.dir)
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const { ready, ask, stop } = await startStandIn({
    script: program('src/demo/cloud/machines/main.ts'),
    what: 'the machines',
    order: options,
    ready: placeSchema,
    logFile: join(dir, 'machines.log'),
  })
  const order = (wanted: MachinesOrder): Promise<unknown> => ask(wanted)
  return {
    first: ready,
    seed: async (droplet, from) => void (await order({ kind: 'seed', droplet, from })),
    installAgent: async (id, config) => void (await order({ kind: 'installAgent', id, config })),
    boot: async (droplet) => placeSchema.parse(await order({ kind: 'boot', droplet })),
    power: async ({ id }, to) => void (await order({ kind: 'power', id, to })),
    snapshot: async ({ id }, snapshotId) => void (await order({ kind: 'snapshot', id, snapshotId })),
    destroy: async ({ id }) => void (await order({ kind: 'destroy', id })),
    disk: (id) => placesIn(dir).droplet(String(id)).disk,
    stop,
  }
}
