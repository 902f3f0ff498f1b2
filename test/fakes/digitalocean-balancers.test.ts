import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { until } from '../wait.ts'
import { startChecked } from './digitalocean/checked.ts'
import type { CheckedDigitalOcean } from './digitalocean/checked.ts'

const rules = [{ entry_protocol: 'http', entry_port: 80, target_protocol: 'http', target_port: 8080 }]

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
    const made = await cloud.call('POST', '/load_balancers', {
      name: 'front',
      region: 'nyc3',
      droplet_ids: [one.id],
      forwarding_rules: rules,
      health_check: { protocol: 'http', port: 8080, path: '/health' },
    })
    assert.equal(made.status, 202)
    assert.deepEqual([made.body['load_balancer']?.['status'], made.body['load_balancer']?.['ip']], ['new', ''])
    const id = String(made.body['load_balancer']?.['id'])
    await active(id)
    const path = `/load_balancers/${id}`
    assert.equal((await cloud.call('POST', `${path}/droplets`, { droplet_ids: [two.id] })).status, 204)
    const both = (await cloud.call('GET', path)).body['load_balancer']
    assert.deepEqual(both?.['droplet_ids'], [one.id, two.id])
    assert.match(String(both?.['ip']), /^203\.0\.113\./)
    assert.equal(both?.['health_check']?.['path'], '/health')
    assert.equal((await cloud.call('DELETE', `${path}/droplets`, { droplet_ids: [one.id] })).status, 204)
    cloud.state.deleteByHand(two.id)
    assert.deepEqual((await cloud.call('GET', path)).body['load_balancer']?.['droplet_ids'], [])
    assert.equal((await cloud.call('DELETE', path)).status, 204)
    assert.equal((await cloud.call('GET', path)).status, 404)
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

  it('an update replaces everything, members too', async () => {
    const one = cloud.state.addDroplet({ name: 'put-1' })
    const two = cloud.state.addDroplet({ name: 'put-2' })
    const { id } = cloud.state.addBalancer({ name: 'put', dropletIds: [one.id] })
    await active(id)
    const body = { name: 'renamed', region: 'nyc3', droplet_ids: [two.id], forwarding_rules: rules }
    const put = await cloud.call('PUT', `/load_balancers/${id}`, body)
    assert.equal(put.status, 200)
    assert.deepEqual(put.body['load_balancer']?.['droplet_ids'], [two.id])
    assert.equal(put.body['load_balancer']?.['name'], 'renamed')
  })

  it('droplets join firewalls and projects', async () => {
    const { id } = cloud.state.addDroplet({ name: 'joiner' })
    const made = await cloud.call('POST', '/firewalls', {
      name: 'web',
      inbound_rules: [{ protocol: 'tcp', ports: '80', sources: { addresses: ['0.0.0.0/0'] } }],
    })
    assert.equal(made.status, 202)
    const path = `/firewalls/${String(made.body['firewall']?.['id'])}`
    assert.equal((await cloud.call('POST', `${path}/droplets`, { droplet_ids: [id] })).status, 204)
    assert.deepEqual((await cloud.call('GET', path)).body['firewall']?.['droplet_ids'], [id])
    assert.equal((await cloud.call('GET', `/droplets/${id}/firewalls`)).body['meta']?.['total'], 1)

    const project = await cloud.call('POST', '/projects', { name: 'shop', purpose: 'Web Application' })
    const resources = `/projects/${String(project.body['project']?.['id'])}/resources`
    const urns = [`do:droplet:${id}`, 'do:droplet:1']
    const assigned = await cloud.call('POST', resources, { resources: urns })
    const statuses = Object.values(assigned.body['resources'] ?? {}).map((one) => one['status'])
    assert.deepEqual(statuses, ['assigned', 'not_found'])
    assert.equal((await cloud.call('GET', resources)).body['meta']?.['total'], 1)
    const left = await cloud.call('GET', '/projects/default/resources?per_page=200')
    assert.ok(!JSON.stringify(left.body['resources']).includes(`do:droplet:${id}"`))
  })
})
