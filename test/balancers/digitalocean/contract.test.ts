import { createDigitalOceanBalancer } from '../../../src/balancers/digitalocean/digitalocean.ts'
import { balancerContract } from '../../contracts/balancer.ts'
import { startDigitalOcean } from '../../../src/demo/cloud/api/digitalocean.ts'
import { until } from '../../wait.ts'
import { isHealthy } from '../healthy.ts'
import { createRecord } from '../record.ts'
import { createClient } from './rig.ts'

balancerContract("DigitalOcean's load balancer", async () => {
  const cloud = await startDigitalOcean({ limits: { perMinute: 100_000, perHour: 100_000 } })
  const { id } = cloud.state.addBalancer({ name: 'front' })
  const client = createClient(cloud.url, cloud.token, id, 50)
  await until(async () => (await client.get()).active, { what: 'the load balancer to be active' })
  const droplets = new Map<string, number>()
  const dropletOf = async (url: string) => {
    const { hostname, port } = new URL(url)
    if (port === '1') return null
    const known =
      droplets.get(url) ?? cloud.state.addDroplet({ name: `web-${port}`, ip: hostname, port: Number(port) }).id
    droplets.set(url, known)
    return Promise.resolve(known)
  }
  const urlOf = (dropletId: number) =>
    Promise.resolve([...droplets].find(([, known]) => known === dropletId)?.[0] ?? null)
  const options = { dropletOf, urlOf, record: createRecord(), isHealthy, settleMs: 50, busyMs: 20, healthFreshMs: 0 }
  return {
    balancer: createDigitalOceanBalancer({ ...options, client }),
    url: null,
    tells: [],
    unreachable: createDigitalOceanBalancer({
      ...options,
      client: createClient('http://127.0.0.1:1', 'none', id, 50),
      dropletOf: () => Promise.resolve(1),
    }),
    close: cloud.stop,
  }
})
