import type { DropletPick } from '../../../src/core/model/droplet.ts'
import type { Access, AccountReport, CloudAccount } from '../../../src/providers/cloud.ts'
import { call, type ToyMachine } from './api.ts'

export const SIZE = { slug: 'toy-1', about: '1 vCPU, 1 GB', dollarsPerHour: 0.01, dollarsPerMonth: 7 }

export async function check(apiUrl: string, access: Access): Promise<AccountReport> {
  const accepted = await call(apiUrl, access, 'GET', '/machines').then(
    () => true,
    () => false,
  )
  const words = accepted ? 'The token works.' : 'Toy Cloud does not accept this token.'
  return {
    accepted,
    locked: false,
    name: accepted ? 'toys@example.com' : null,
    about: null,
    missing: [],
    unknown: [],
    words,
  }
}

export function account(apiUrl: string, access: Access): CloudAccount {
  return {
    async droplets(text) {
      const all = (await call<readonly ToyMachine[]>(apiUrl, access, 'GET', '/machines')) ?? []
      return all.filter(({ name, tags }) => name.includes(text) && !tags.includes('spinup')).map(pick)
    },
    loadBalancers: async () => [],
    sizes: async () => ({ sizes: [SIZE], ownUnfit: null }),
    caveats: async () => ['Toys break easily.'],
  }
}

function pick({ id, name, on, ip }: ToyMachine): DropletPick {
  const { slug: size, ...price } = SIZE
  const nothing = { diskGib: null, vpcId: null }
  return {
    id,
    name,
    status: on ? 'active' : 'off',
    region: 'nursery',
    size,
    ...price,
    publicIp: ip,
    privateIp: ip,
    ...nothing,
  }
}
