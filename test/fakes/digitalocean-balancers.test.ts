import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { until } from '../wait.ts'
import { startChecked, type CheckedDigitalOcean } from './digitalocean/checked.ts'

describe('the stand-in for DigitalOcean: load balancers and what else a droplet hangs on', () => {
  let cloud: CheckedDigitalOcean
  before(async () => {
    cloud = await startChecked()
  })
  after(() => cloud.done())

  const active = (id: string): Promise<unknown> => until(() => cloud.state.balancers.get(id)?.status === 'active')
  const up = (id: string): number[] => cloud.state.inRotation(id).map((droplet) => droplet.id)

  it('becomes active with an address, takes members and lets them go', async () => {
    const one = cloud.state.addDroplet({ name: 'one' })
    const two = cloud.state.addDroplet({ name: 'two' })
    const front = cloud.state.addBalancer({ name: 'front', dropletIds: [one.id] })
    assert.deepEqual([front.status, front.ip], ['new', ''])
    await active(front.id)
    const path = `/load_balancers/${front.id}`
    assert.equal((await cloud.call('POST', `${path}/droplets`, { droplet_ids: [two.id] })).status, 204)
    const both = (await cloud.call('GET', path)).body['load_balancer']
    assert.deepEqual(both?.['droplet_ids'], [one.id, two.id])
    assert.match(String(both?.['ip']), /^203\.0\.113\./)
    assert.equal((await cloud.call('DELETE', `${path}/droplets`, { droplet_ids: [one.id] })).status, 204)
    cloud.state.deleteByHand(two.id)
    assert.deepEqual((await cloud.call('GET', path)).body['load_balancer']?.['droplet_ids'], [])
    assert.equal((await cloud.call('GET', '/load_balancers/nobody')).status, 404)
  })

  it('lets traffic to a member only while its checks pass, and tells so in the metrics', async () => {
    const one = cloud.state.addDroplet({ name: 'checked-1' })
    const two = cloud.state.addDroplet({ name: 'checked-2' })
    const { id } = cloud.state.addBalancer({ name: 'checked', dropletIds: [one.id, two.id] })
    cloud.state.setHealthy(two.id, false)
    await until(() => up(id).includes(one.id))
    assert.deepEqual(up(id), [one.id])
    const metrics = async (): Promise<Record<string, unknown>> => {
      const query = `lb_id=${id}&start=0&end=${Math.floor(Date.now() / 1000)}`
      const { body } = await cloud.call('GET', `/monitoring/metrics/load_balancer/droplets_health_checks?${query}`)
      const series = Object.values(body['data']?.['result'] ?? {})
      return Object.fromEntries(
        series.map((one) => [one['metric']?.['host_id'], Object.values(one['values']?.[0] ?? {})[1]]),
      )
    }
    assert.deepEqual(await metrics(), { [one.id]: '1', [two.id]: '0' })
    cloud.state.setHealthy(two.id, null)
    await until(() => up(id).length === 2)
    cloud.state.powerByHand(one.id, 'off')
    await until(() => up(id).length === 1)
    assert.deepEqual(await metrics(), { [one.id]: '0', [two.id]: '1' })
  })

  it('takes no changes while it is new or busy: a 403 that says nothing of the token', async () => {
    const busy = await startChecked({ timings: { balancerBusyMs: 60_000, balancerCreateMs: 60_000 } })
    const { id } = busy.state.addDroplet({ name: 'member' })
    const balancer = busy.state.addBalancer({ name: 'slow' })
    const add = (): ReturnType<CheckedDigitalOcean['call']> =>
      busy.call('POST', `/load_balancers/${balancer.id}/droplets`, { droplet_ids: [id] })
    const early = await add()
    assert.equal(early.status, 403)
    assert.match(String(early.body['message']), /processes previous actions/)
    balancer.status = 'active'
    assert.equal((await add()).status, 204)
    assert.equal((await add()).status, 403)
    await busy.done()
  })

  it('refuses members from elsewhere, unknown ones, and any when it goes by tag', async () => {
    const far = cloud.state.addDroplet({ name: 'far', region: 'fra1' })
    const near = cloud.state.addDroplet({ name: 'near', tags: ['site'] })
    const plain = cloud.state.addBalancer({ name: 'plain' })
    const byTag = cloud.state.addBalancer({ name: 'by-tag', tag: 'site' })
    await active(plain.id)
    await active(byTag.id)
    const add = async (id: string, droplet: number): Promise<number> =>
      (await cloud.call('POST', `/load_balancers/${id}/droplets`, { droplet_ids: [droplet] })).status
    assert.equal(await add(plain.id, far.id), 422)
    assert.equal(await add(plain.id, 1), 422)
    assert.equal(await add(byTag.id, near.id), 422)
    const shown = (await cloud.call('GET', `/load_balancers/${byTag.id}`)).body['load_balancer']
    assert.deepEqual(shown?.['droplet_ids'], [near.id])
  })

  it('droplets join firewalls and projects', async () => {
    const { id } = cloud.state.addDroplet({ name: 'joiner' })
    const firewall = cloud.state.addFirewall('web', [])
    const path = `/firewalls/${firewall.id}`
    assert.equal((await cloud.call('POST', `${path}/droplets`, { droplet_ids: [id] })).status, 204)
    assert.equal((await cloud.call('POST', `${path}/droplets`, { droplet_ids: [1] })).status, 422)
    assert.deepEqual(firewall.dropletIds, [id])

    const project = cloud.state.addProject('shop')
    const resources = `/projects/${project.id}/resources`
    const urns = [`do:droplet:${id}`, 'do:droplet:1']
    const assigned = await cloud.call('POST', resources, { resources: urns })
    const statuses = Object.values(assigned.body['resources'] ?? {}).map((one) => one['status'])
    assert.deepEqual(statuses, ['assigned', 'not_found'])
    assert.equal((await cloud.call('GET', resources)).body['meta']?.['total'], 1)
    const others = [...cloud.state.projects.values()].filter((one) => one !== project)
    assert.ok(
      others.every((one) => !one.resources.has(`do:droplet:${id}`)),
      'it left the others',
    )
  })
})
