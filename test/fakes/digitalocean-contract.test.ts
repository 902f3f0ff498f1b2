import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { until } from '../wait.ts'
import { startDigitalOcean, type FakeDigitalOcean } from '../../src/demo/cloud/api/digitalocean.ts'
import type { Loose } from './digitalocean/checked.ts'
import type { Exchange } from '../../src/demo/cloud/api/exchange.ts'
import { loadDocument } from './digitalocean/openapi-document.ts'
import { routes } from '../../src/demo/cloud/api/routes.ts'
import { createValidator, type Validator } from './digitalocean/validate.ts'
import { startValidatingProxy, type ValidatingProxy } from './digitalocean/validating-proxy.ts'

const document = loadDocument()
const skip = document ? false : 'the DigitalOcean API document is not beside the project'

describe('the stand-in for DigitalOcean against the official document', { skip }, () => {
  let cloud: FakeDigitalOcean
  let proxy: ValidatingProxy
  let validator: Validator
  before(async () => {
    if (!document) return
    validator = createValidator(document)
    cloud = await startDigitalOcean()
    const onExchange = (exchange: Exchange): void => void validator.check(exchange)
    proxy = await startValidatingProxy({ upstream: new URL(cloud.url).origin, onExchange })
  })
  after(async () => {
    await proxy.stop()
    await cloud.stop()
  })

  async function call(method: string, path: string, body?: unknown): Promise<Loose> {
    const response = await fetch(`${proxy.origin}/v2${path}`, {
      method,
      headers: {
        authorization: `Bearer ${cloud.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(5000),
    })
    const text = await response.text()
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`)
    return text === '' ? {} : (JSON.parse(text) as Loose)
  }
  async function idle(id: number): Promise<void> {
    await until(() => cloud.state.droplets.get(id)?.lockedBy === null)
  }

  it('asks for the scopes it asks for, at the paths it has', () => {
    for (const route of routes) {
      const operation = document?.operations.find((one) => one.id === route.operation)
      assert.deepEqual(
        [operation?.method, operation?.path, operation?.scopes],
        [route.method, route.path, route.scopes],
        route.operation,
      )
    }
  })

  it('answers every operation it knows without a violation', async () => {
    const key = cloud.state.addKey('me')
    for (const list of ['account/keys', 'account', 'reserved_ips', 'reserved_ipv6', 'regions']) {
      await call('GET', `/${list}`)
    }
    for (const list of ['sizes?per_page=3&page=2', 'images?private=true']) await call('GET', `/${list}`)
    const wanted = { region: 'ams3', size: 's-1vcpu-1gb', image: 'ubuntu-24-04-x64' }
    const made = await call('POST', '/droplets', {
      ...wanted,
      name: 'web',
      tags: ['spinup', 'op:1'],
      ssh_keys: [key.id],
      monitoring: true,
      user_data: '#cloud-config',
    })
    const id = Number(made['droplet']?.['id'])
    await idle(id)
    const spare = Number(
      (await call('POST', '/droplets', { ...wanted, name: 'two', tags: ['more'] }))['droplet']?.['id'],
    )
    const path = `/droplets/${id}`
    for (const list of ['', '/actions']) await call('GET', path + list)
    const action = await call('POST', `${path}/actions`, { type: 'snapshot', name: 'golden' })
    await call('GET', `${path}/actions/${Number(action['action']?.['id'])}`)
    await call('GET', `/actions/${Number(action['action']?.['id'])}`)
    await idle(id)
    const [snapshot] = Object.values((await call('GET', '/snapshots?resource_type=droplet'))['snapshots'] ?? {})
    const image = Number(snapshot?.['id'])
    await call('GET', `/snapshots/${image}`)

    const firewall = cloud.state.addFirewall('web', [])
    await call('POST', `/firewalls/${firewall.id}/droplets`, { droplet_ids: [id] })
    await call('POST', `/firewalls/${firewall.id}/tags`, { tags: ['spinup'] })
    await call('POST', '/tags', { name: 'extra' })
    const resources = [{ resource_id: String(id), resource_type: 'droplet' }]
    await call('POST', '/tags/extra/resources', { resources })
    const project = `/projects/${cloud.state.addProject('shop').id}/resources`
    await call('POST', project, { resources: [`do:droplet:${id}`] })
    await call('GET', project)
    for (const list of ['droplets?tag_name=spinup&per_page=1', 'actions', 'vpcs', 'tags', 'projects', 'firewalls']) {
      await call('GET', `/${list}`)
    }

    const balancer = cloud.state.addBalancer({ name: 'front', region: 'ams3', dropletIds: [id] }).id
    await until(() => cloud.state.inRotation(balancer).length === 1)
    await call('GET', '/load_balancers')
    const lb = `/load_balancers/${balancer}`
    await call('GET', lb)
    await call('GET', `/monitoring/metrics/load_balancer/droplets_health_checks?lb_id=${balancer}&start=0&end=9`)
    await call('DELETE', `${lb}/droplets`, { droplet_ids: [id] })
    await call('POST', `${lb}/droplets`, { droplet_ids: [id] })

    await call('DELETE', `/snapshots/${image}`)
    await idle(spare)
    await call('DELETE', '/droplets?tag_name=more')
    await call('DELETE', path)

    assert.deepEqual(validator.violations(), [])
    const seen = new Set(cloud.log.map((exchange) => exchange.operation))
    assert.deepEqual(
      routes.map((route) => route.operation).filter((operation) => !seen.has(operation)),
      [],
      'operations that the story leaves out',
    )
    assert.equal(validator.summary(), `contract violations: 0 of ${cloud.log.length} exchanges`)
  })
})
