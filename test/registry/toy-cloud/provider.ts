import { checkBound, holdOn, permitted } from '../../../src/core/model/bound.ts'
import { SpinupError } from '../../../src/core/model/error.ts'
import type { Access } from '../../../src/providers/cloud.ts'
import type { Droplet, Provider, Snapshot } from '../../../src/providers/provider.ts'
import { SIZE } from './account.ts'
import { call, type ToyMachine } from './api.ts'

export function createToyProvider(apiUrl: string, access: Access): Provider {
  const ask = <T>(method: string, path: string, body?: object): Promise<T | null> =>
    call<T>(apiUrl, access, method, path, body)
  const list = async (): Promise<readonly Droplet[]> =>
    ((await ask<readonly ToyMachine[]>('GET', '/machines')) ?? []).map(dropletOf)
  return {
    name: 'toy',
    list: async (tag) => (await list()).filter(({ tags }) => tag === undefined || tags.includes(tag)),
    async get(id) {
      const found = await ask<ToyMachine>('GET', `/machines/${id}`)
      return found === null ? null : dropletOf(found)
    },
    async create({ name, snapshotId, operationTag, tags, userData }, permit) {
      const there = await list()
      const known = there.find((one) => one.tags.includes(operationTag))
      if (known !== undefined) return known
      const bound = await permitted(permit, name)
      checkBound(
        bound,
        there.filter((one) => one.tags.includes(bound.tag)),
      )
      const order = { name, image: snapshotId, tags: [...new Set([operationTag, ...tags, bound.tag])], userData }
      const made = await ask<ToyMachine>('POST', '/machines', order)
      if (made === null) throw new SpinupError('providerFailed', `Toy Cloud has no image ${snapshotId}.`)
      return dropletOf(made)
    },
    async power(id, to, still) {
      await holdOn(still, `machine ${id}`)
      await ask('POST', `/machines/${id}/power`, { to })
    },
    async snapshot(id, name, still): Promise<Snapshot> {
      await holdOn(still, `the copy ${name}`)
      const taken = await ask<Snapshot>('POST', `/machines/${id}/copies`, { name })
      if (taken === null) throw new SpinupError('providerFailed', `Toy Cloud has no machine ${id}.`)
      return taken
    },
    async destroy(id, still) {
      await holdOn(still, `machine ${id}`)
      await ask('DELETE', `/machines/${id}`)
    },
  }
}

function dropletOf({ id, name, on, ip, port, tags, madeAt }: ToyMachine): Droplet {
  return {
    id,
    name,
    status: ip === null ? 'new' : on ? 'active' : 'off',
    url: ip === null ? null : `http://${ip}:${port}`,
    tags,
    createdAt: madeAt,
    dollarsPerHour: SIZE.dollarsPerHour,
    size: SIZE.about,
    region: 'nursery',
  }
}
