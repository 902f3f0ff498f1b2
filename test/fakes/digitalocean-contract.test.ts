import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { until } from '../wait.ts'
import { startDigitalOcean } from '../../src/demo/cloud/api/digitalocean.ts'
import type { FakeDigitalOcean } from '../../src/demo/cloud/api/digitalocean.ts'
import type { Loose } from './digitalocean/checked.ts'
import type { Exchange } from '../../src/demo/cloud/api/exchange.ts'
import { loadDocument } from './digitalocean/openapi-document.ts'
import { routes } from '../../src/demo/cloud/api/routes.ts'
import { createValidator } from './digitalocean/validate.ts'
import type { Validator } from './digitalocean/validate.ts'
import { startValidatingProxy } from './digitalocean/validating-proxy.ts'
import type { ValidatingProxy } from './digitalocean/validating-proxy.ts'

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
    const key = await call('POST', '/account/keys', { name: 'me', public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me' })
    const keyPath = `/account/keys/${Number(key['ssh_key']?.['id'])}`
    await call('GET', keyPath)
    await call('PUT', keyPath, { name: 'still me' })
    for (const list of [
      'account/keys',
      'account',
      'reserved_ips',
      'reserved_ipv6',
      'regions',
      'sizes?per_page=3&page=2',
      'images?private=true',
    ]) {
      await call('GET', `/${list}`)
    }
    const vpc = await call('POST', '/vpcs', { name: 'inner', region: 'ams3' })
    const vpcPath = `/vpcs/${String(vpc['vpc']?.['id'])}`
    await call('GET', vpcPath)
    const spare = await call('POST', '/vpcs', { name: 'spare', region: 'ams3' })
    const made = await call('POST', '/droplets', {
      name: 'web',
      region: 'ams3',
      size: 's-1vcpu-1gb',
      image: 'ubuntu-24-04-x64',
      tags: ['spinup', 'op:1'],
      vpc_uuid: String(vpc['vpc']?.['id']),
      ssh_keys: [Number(key['ssh_key']?.['id'])],
      monitoring: true,
      user_data: '#cloud-config',
    })
    const id = Number(made['droplet']?.['id'])
    await idle(id)
    const names = { names: ['two', 'three'], size: 'c-2', image: 'debian-12-x64', tags: ['more'] }
    const more = Object.values((await call('POST', '/droplets', names))['droplets'] ?? {})
    for (const one of more) await idle(Number(one['id']))
    const path = `/droplets/${id}`
    for (const list of ['', '/actions', '/snapshots', '/firewalls']) await call('GET', path + list)
    const action = await call('POST', `${path}/actions`, { type: 'snapshot', name: 'golden' })
    await call('GET', `${path}/actions/${Number(action['action']?.['id'])}`)
    await call('GET', `/actions/${Number(action['action']?.['id'])}`)
    await idle(id)
    await call('POST', '/droplets/actions?tag_name=more', { type: 'power_off' })
    const [snapshot] = Object.values((await call('GET', '/snapshots?resource_type=droplet'))['snapshots'] ?? {})
    const image = Number(snapshot?.['id'])
    await call('GET', `/snapshots/${image}`)
    await call('GET', `/images/${image}`)
    await call('PUT', `/images/${image}`, { name: 'gold' })
    for (const list of ['droplets?tag_name=spinup&per_page=1', 'actions', 'vpcs', 'tags', 'projects', 'firewalls']) {
      await call('GET', `/${list}`)
    }

    const resources = { resources: [{ resource_id: String(id), resource_type: 'droplet' }] }
    await call('POST', '/tags', { name: 'extra' })
    await call('POST', '/tags/extra/resources', resources)
    await call('GET', '/tags/extra')
    await call('DELETE', '/tags/extra/resources', resources)
    await call('DELETE', '/tags/extra')

    await call('GET', `${vpcPath}/members?resource_type=droplet`)
    const firewallBody = {
      name: 'web',
      inbound_rules: [{ protocol: 'tcp', ports: '80', sources: { addresses: ['0.0.0.0/0'] } }],
      outbound_rules: [],
    }
    const firewall = await call('POST', '/firewalls', firewallBody)
    const firewallPath = `/firewalls/${String(firewall['firewall']?.['id'])}`
    await call('POST', `${firewallPath}/droplets`, { droplet_ids: [id] })
    await call('POST', `${firewallPath}/tags`, { tags: ['spinup'] })
    await call('GET', firewallPath)
    await call('GET', `${path}/firewalls`)
    await call('DELETE', `${firewallPath}/tags`, { tags: ['spinup'] })
    await call('DELETE', `${firewallPath}/droplets`, { droplet_ids: [id] })
    await call('PUT', firewallPath, firewallBody)
    await call('DELETE', firewallPath)

    const project = await call('POST', '/projects', { name: 'shop', purpose: 'Web Application' })
    const projectPath = `/projects/${String(project['project']?.['id'])}`
    const urns = { resources: [`do:droplet:${id}`] }
    for (const one of [projectPath, '/projects/default']) {
      await call('GET', one)
      await call('POST', `${one}/resources`, urns)
      await call('GET', `${one}/resources`)
    }

    const balancerBody = {
      name: 'front',
      region: 'ams3',
      vpc_uuid: String(vpc['vpc']?.['id']),
      droplet_ids: [id],
      forwarding_rules: [{ entry_protocol: 'http', entry_port: 80, target_protocol: 'http', target_port: 80 }],
    }
    const balancer = String((await call('POST', '/load_balancers', balancerBody))['load_balancer']?.['id'])
    await until(() => cloud.state.inRotation(balancer).length === 1)
    await call('GET', '/load_balancers')
    const lb = `/load_balancers/${balancer}`
    await call('GET', lb)
    await call('GET', `/monitoring/metrics/load_balancer/droplets_health_checks?lb_id=${balancer}&start=0&end=9`)
    await call('POST', `${lb}/forwarding_rules`, {
      forwarding_rules: [{ entry_protocol: 'tcp', entry_port: 81, target_protocol: 'tcp', target_port: 81 }],
    })
    await call('DELETE', `${lb}/droplets`, { droplet_ids: [id] })
    await call('POST', `${lb}/droplets`, { droplet_ids: [id] })
    await call('PUT', lb, balancerBody)
    await call('DELETE', lb)

    await call('DELETE', `/snapshots/${image}`)
    const last = await cloud.state.addSnapshot(id, 'last')
    await call('DELETE', `/images/${last.id}`)
    await idle(Number(more[0]?.['id']))
    await call('DELETE', '/droplets?tag_name=more')
    await call('DELETE', path)
    await call('DELETE', `/vpcs/${String(spare['vpc']?.['id'])}`)
    await call('DELETE', keyPath)

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
