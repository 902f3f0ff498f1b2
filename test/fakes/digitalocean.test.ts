import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { until } from '../wait.ts'
import { startChecked, type CheckedDigitalOcean, type Loose } from './digitalocean/checked.ts'

const basic = { region: 'nyc3', size: 's-1vcpu-1gb', image: 'ubuntu-24-04-x64' }

describe('the stand-in for DigitalOcean: droplets', () => {
  let cloud: CheckedDigitalOcean
  before(async () => {
    cloud = await startChecked()
  })
  after(() => cloud.done())

  async function create(wanted: Record<string, unknown>): Promise<number> {
    const made = await cloud.call('POST', '/droplets', { ...basic, ...wanted })
    assert.equal(made.status, 202, JSON.stringify(made.body))
    return Number(made.body['droplet']?.['id'])
  }
  async function droplet(id: number): Promise<Loose> {
    return (await cloud.call('GET', `/droplets/${id}`)).body['droplet'] ?? {}
  }
  async function act(id: number, type: string, rest: Record<string, unknown> = {}): Promise<Loose> {
    const begun = await cloud.call('POST', `/droplets/${id}/actions`, { type, ...rest })
    assert.equal(begun.status, 201, JSON.stringify(begun.body))
    return ended(Number(begun.body['action']?.['id']))
  }
  function ended(action: number): Promise<Loose> {
    return until(async () => {
      const { body } = await cloud.call('GET', `/actions/${action}`)
      return String(body['action']?.['status']) !== 'in-progress' && (body['action'] ?? null)
    })
  }
  const active = (id: number): Promise<Loose> =>
    until(async () => {
      const one = await droplet(id)
      return String(one['status']) === 'active' && String(one['locked']) === 'false' && one
    })

  it('are new and locked, then active with addresses, and their create action tells so', async () => {
    const made = await cloud.call('POST', '/droplets', {
      ...basic,
      name: 'web-1',
      tags: ['Spinup', 'op:1'],
      user_data: 'hi',
    })
    const fresh = made.body['droplet']
    assert.equal(fresh?.['status'], 'new')
    assert.equal(fresh?.['locked'], true)
    assert.deepEqual(fresh?.['networks'], { v4: [], v6: [] })
    const [link] = Object.values(made.body['links']?.['actions'] ?? {})
    assert.equal((await ended(Number(link?.['id'])))['status'], 'completed')
    const ready = await droplet(Number(fresh?.['id']))
    assert.equal(ready['status'], 'active')
    assert.equal(ready['locked'], false)
    const kinds = Object.values(ready['networks']?.['v4'] ?? {}).map((one) => [one['type'], one['ip_address']])
    assert.match(String(kinds[0]), /^private,10\./)
    assert.match(String(kinds[1]), /^public,203\.0\.113\./)
    assert.equal(ready['size']?.['price_hourly'], 0.00893)
  })

  it('are listed by tag, in the capitals it was first written with, and by name', async () => {
    const one = await create({ name: 'tagged-1', tags: ['pool:a'] })
    await create({ name: 'tagged-2', tags: ['pool:b'] })
    const ids = async (query: string): Promise<unknown[]> =>
      Object.values((await cloud.call('GET', `/droplets?${query}`)).body['droplets'] ?? {}).map((one) => one['id'])
    assert.deepEqual(await ids('tag_name=pool:a'), [one])
    assert.deepEqual(await ids('tag_name=POOL:A'), [])
    const shouted = await create({ name: 'tagged-3', tags: ['POOL:A'] })
    assert.deepEqual((await droplet(shouted))['tags'], ['pool:a'])
    const resources = [{ resource_id: String(one), resource_type: 'droplet' }]
    assert.equal((await cloud.call('POST', '/tags/POOL:A/resources', { resources })).status, 404)
    assert.equal((await cloud.call('POST', '/tags/pool:a/resources', { resources })).status, 204)
    assert.deepEqual(await ids('name=tagged-1'), [one])
    assert.deepEqual(await ids('tag_name=nobody'), [])
  })

  it('are refused with the reason: size, image, region, name, key, network, limit', async () => {
    const complaint = async (wanted: Record<string, unknown>): Promise<string> => {
      const { status, body } = await cloud.call('POST', '/droplets', { ...basic, name: 'no', ...wanted })
      assert.equal(status, 422)
      assert.equal(body['id'], 'unprocessable_entity')
      assert.match(String(body['request_id']), /^[0-9a-f-]{36}$/)
      return String(body['message'])
    }
    assert.match(await complaint({ size: 'huge' }), /invalid size/)
    assert.match(await complaint({ image: 12 }), /invalid image/)
    assert.match(await complaint({ region: 'sfo1' }), /Region is not available/)
    assert.match(await complaint({ name: 'a b' }), /hostname/)
    assert.match(await complaint({ ssh_keys: [1] }), /key identifiers/)
    assert.match(await complaint({ vpc_uuid: 'nowhere' }), /VPC/)
    assert.match(await complaint({ tags: ['no spaces'] }), /Tag names/)
    cloud.state.account.dropletLimit = cloud.state.droplets.size
    assert.match(await complaint({}), /droplet limit/)
    cloud.state.account.dropletLimit = 1000
  })

  it('are locked while an action runs: 422 for another one and for delete', async () => {
    cloud.faults.add({ kind: 'slowAction', ms: 3_600_000, match: { step: 'create' } })
    const id = await create({ name: 'locked' })
    const second = await cloud.call('POST', `/droplets/${id}/actions`, { type: 'power_off' })
    assert.equal(second.status, 422)
    assert.equal(second.body['message'], 'Droplet already has a pending event.')
    assert.equal((await cloud.call('DELETE', `/droplets/${id}`)).status, 422)
    const free = await create({ name: 'free' })
    await active(free)
    assert.equal((await cloud.call('DELETE', `/droplets/${free}`)).status, 204)
    assert.equal((await cloud.call('GET', `/droplets/${free}`)).status, 404)
    assert.equal((await cloud.call('DELETE', `/droplets/${free}`)).status, 404)
  })

  it('are snapshotted running and off; the image clones them, in its region and with room enough', async () => {
    const id = await create({ name: 'origin', size: 's-1vcpu-2gb' })
    await active(id)
    await act(id, 'snapshot', { name: 'live' })
    await act(id, 'shutdown')
    assert.equal((await droplet(id))['status'], 'off')
    const again = await cloud.call('POST', `/droplets/${id}/actions`, { type: 'shutdown' })
    assert.equal(again.body['message'], 'Droplet is already powered off')
    await act(id, 'snapshot', { name: 'still' })
    assert.equal((await droplet(id))['status'], 'off')
    await act(id, 'power_on')
    assert.equal((await droplet(id))['status'], 'active')

    const taken = await cloud.call('GET', '/snapshots?resource_type=droplet')
    const mine = Object.values(taken.body['snapshots'] ?? {}).filter((one) => String(one['resource_id']) === String(id))
    assert.deepEqual(
      mine.map((one) => one['name']),
      ['live', 'still'],
    )
    const image = Number(mine[1]?.['id'])
    assert.deepEqual(
      (await droplet(id))['snapshot_ids'],
      mine.map((one) => Number(one['id'])),
    )
    const clone = await create({ name: 'clone', image, size: 's-1vcpu-2gb' })
    assert.equal((await active(clone))['image']?.['id'], image)
    const small = await cloud.call('POST', '/droplets', { ...basic, name: 'small', image })
    assert.match(String(small.body['message']), /disk/)
    const far = await cloud.call('POST', '/droplets', { ...basic, name: 'far', image, size: 'c-4', region: 'fra1' })
    assert.match(String(far.body['message']), /region/)
    assert.equal((await cloud.call('DELETE', `/snapshots/${image}`)).status, 204)
    assert.equal((await cloud.call('GET', `/snapshots/${image}`)).status, 404)
  })

  it('tell their actions, the newest first, and know no others', async () => {
    const id = await create({ name: 'switched' })
    await active(id)
    await act(id, 'power_off')
    await act(id, 'power_on')
    const actions = await cloud.call('GET', `/droplets/${id}/actions`)
    const types = Object.values(actions.body['actions'] ?? {}).map((action) => action['type'])
    assert.deepEqual(types, ['power_on', 'power_off', 'create'])
    const unknown = await cloud.call('POST', `/droplets/${id}/actions`, { type: 'dance' })
    assert.equal(unknown.status, 422)
  })

  it('go by tag, the busy ones excepted, and are gone everywhere', async () => {
    const gone = await create({ name: 'gone', tags: ['doomed'] })
    await active(gone)
    const firewall = cloud.state.addFirewall('fw', [gone])
    cloud.faults.add({ kind: 'slowAction', ms: 3_600_000, match: { step: 'create' } })
    const busy = await create({ name: 'busy', tags: ['doomed'] })
    assert.equal((await cloud.call('DELETE', '/droplets?tag_name=doomed')).status, 204)
    assert.deepEqual(
      cloud.state.dropletsTagged('doomed').map((one) => one.id),
      [busy],
    )
    assert.deepEqual(firewall.dropletIds, [])
    assert.equal((await cloud.call('DELETE', '/droplets?tag_name=never-made')).status, 404)
    assert.equal((await cloud.call('DELETE', '/droplets')).status, 422)
  })

  it('come in pages with links, 200 to a page at most', async () => {
    for (let index = 0; index < 205; index++) cloud.state.addDroplet({ name: `many-${index}`, tags: ['many'] })
    const first = await cloud.call('GET', '/droplets?tag_name=many&per_page=500')
    assert.equal(Object.keys(first.body['droplets'] ?? {}).length, 200)
    assert.equal(first.body['meta']?.['total'], 205)
    const pages = first.body['links']?.['pages']
    assert.deepEqual(Object.keys(pages ?? {}), ['next', 'last'])
    assert.match(String(pages?.['next']), /tag_name=many&per_page=500&page=2$/)
    const second = await cloud.call('GET', String(pages?.['next']).replace(cloud.url, ''))
    assert.equal(Object.keys(second.body['droplets'] ?? {}).length, 5)
    assert.deepEqual(Object.keys(second.body['links']?.['pages'] ?? {}), ['first', 'prev'])
    const usual = await cloud.call('GET', '/droplets?tag_name=many')
    assert.equal(Object.keys(usual.body['droplets'] ?? {}).length, 20)
    const beyond = await cloud.call('GET', '/droplets?tag_name=many&page=99')
    assert.deepEqual(beyond.body['droplets'], [])
    const alone = await cloud.call('GET', '/droplets?name=many-7')
    assert.deepEqual(alone.body['links'], {})
  })

  it('take tags as resources', async () => {
    const { id } = cloud.state.addDroplet({ name: 'label-me' })
    const resources = [{ resource_id: String(id), resource_type: 'droplet' }]
    assert.equal((await cloud.call('POST', '/tags/later/resources', { resources })).status, 404)
    assert.equal((await cloud.call('POST', '/tags', { name: 'later' })).status, 201)
    assert.equal((await cloud.call('POST', '/tags/later/resources', { resources })).status, 204)
    assert.deepEqual((await droplet(id))['tags'], ['later'])
  })
})
