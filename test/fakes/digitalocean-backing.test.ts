import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { until } from '../wait.ts'
import { startChecked, type Loose } from './digitalocean/checked.ts'

const basic = { region: 'nyc3', size: 's-1vcpu-1gb', image: 'ubuntu-24-04-x64' }

describe('the stand-in for DigitalOcean: what is behind a droplet', () => {
  it('metadata tells a droplet who it is', async () => {
    const cloud = await startChecked()
    const made = await cloud.call('POST', '/droplets', { ...basic, name: 'who-am-i', user_data: 'enrol=abc' })
    const id = Number(made.body['droplet']?.['id'])
    const base = cloud.metadataUrl(id)
    assert.equal(await (await fetch(`${base}/metadata/v1/id`)).text(), String(id))
    assert.equal(await (await fetch(`${base}/metadata/v1/user-data`)).text(), 'enrol=abc')
    const all = (await (await fetch(`${base}/metadata/v1.json`)).json()) as Loose
    assert.equal(all['hostname'], 'who-am-i')
    assert.equal((await fetch(`${base}/metadata/v1/secrets`)).status, 404)
    await cloud.done()
  })

  it('a backing boots, powers, copies and destroys it', async () => {
    const asked: string[] = []
    const backed = await startChecked({
      backing: {
        async boot(one) {
          asked.push(`boot ${one.name} of ${one.imageId}: ${one.userData}`)
          if (one.name === 'dud') throw new Error('no such image here')
          return { ip: '127.0.0.9', port: 8123 }
        },
        async power(one, to) {
          asked.push(`${to} ${one.name}`)
        },
        async snapshot(one, snapshotId) {
          asked.push(`snapshot ${one.name} ${snapshotId}`)
        },
        async destroy(one) {
          asked.push(`destroy ${one.name}`)
        },
      },
    })
    const made = await backed.call('POST', '/droplets', { ...basic, name: 'real', user_data: 'x' })
    const id = Number(made.body['droplet']?.['id'])
    const held = backed.state.droplets.get(id)
    await until(() => held?.status === 'active' && held.lockedBy === null)
    assert.deepEqual([held?.publicIp, held?.port], ['127.0.0.9', 8123])
    await backed.call('POST', `/droplets/${id}/actions`, { type: 'snapshot', name: 's' })
    const image = await until(() => [...backed.state.images.values()].find((one) => one.name === 's'))
    await until(() => held?.lockedBy === null)
    await backed.call('POST', `/droplets/${id}/actions`, { type: 'power_off' })
    await until(() => held?.status === 'off' && held.lockedBy === null)
    await backed.call('DELETE', `/droplets/${id}`)
    assert.deepEqual(asked, [
      `boot real of ${held?.imageId}: x`,
      `snapshot real ${image.id}`,
      'off real',
      'destroy real',
    ])
    const dud = await backed.call('POST', '/droplets', { ...basic, name: 'dud' })
    const action = Number(Object.values(dud.body['links']?.['actions'] ?? {})[0]?.['id'])
    await until(() => backed.state.actions.get(action)?.status === 'errored')
    assert.equal(backed.state.droplets.get(Number(dud.body['droplet']?.['id']))?.status, 'new')
    await backed.done()
  })
})
