import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { until } from '../wait.ts'
import { startChecked, type CheckedDigitalOcean } from './digitalocean/checked.ts'

const wanted = { name: 'clone', region: 'nyc3', size: 's-1vcpu-1gb', image: 'ubuntu-24-04-x64', tags: ['op:7'] }

describe('the stand-in for DigitalOcean: faults on demand', () => {
  let cloud: CheckedDigitalOcean
  before(async () => {
    cloud = await startChecked()
  })
  afterEach(() => cloud.faults.clear())
  after(() => cloud.done())

  const last = (): string => {
    const exchange = cloud.log.at(-1)
    return `${exchange?.outcome} ${exchange?.status} ${exchange?.faults.join()}`
  }
  async function begin(type: string): Promise<{ readonly id: number; readonly action: number }> {
    const { id } = cloud.state.addDroplet({ name: 'victim' })
    const { body } = await cloud.call('POST', `/droplets/${id}/actions`, { type, name: 'snap' })
    return { id, action: Number(body['action']?.['id']) }
  }

  it('a burst of 429 tells when to come back, and ends', async () => {
    const burst = cloud.faults.add({ kind: 'rateLimited', retryAfterSeconds: 3, times: 2 })
    for (let index = 0; index < 2; index++) {
      const { status, headers, body } = await cloud.call('GET', '/account')
      assert.deepEqual([status, headers.get('retry-after'), body['id']], [429, '3', 'too_many_requests'])
      assert.equal(headers.get('ratelimit-remaining'), '0')
    }
    assert.equal((await cloud.call('GET', '/account')).status, 200)
    assert.equal(burst.hits(), 2)
    assert.deepEqual(cloud.faults.armed(), [])
  })

  it('500 and 503 do nothing to the account', async () => {
    cloud.faults.add({ kind: 'serverError', match: { operation: 'droplets_create' } })
    cloud.faults.add({ kind: 'unavailable', match: { operation: 'droplets_create' } })
    assert.equal((await cloud.call('GET', '/droplets')).status, 200)
    assert.equal((await cloud.call('POST', '/droplets', wanted)).status, 500)
    assert.equal((await cloud.call('POST', '/droplets', wanted)).status, 503)
    assert.equal(cloud.state.dropletsTagged('op:7').length, 0)
  })

  it('it matches by method, path, operation and step, and leaves the first ones alone', async () => {
    cloud.faults.add({ kind: 'serverError', match: { method: 'GET', path: /sizes/ }, skip: 1 })
    assert.equal((await cloud.call('GET', '/sizes')).status, 200)
    assert.equal((await cloud.call('GET', '/regions')).status, 200)
    assert.equal((await cloud.call('GET', '/sizes')).status, 500)
    cloud.faults.add({ kind: 'serverError', match: { step: 'snapshot' } })
    const { id } = cloud.state.addDroplet({ name: 'steps' })
    assert.equal((await cloud.call('POST', `/droplets/${id}/actions`, { type: 'power_off' })).status, 201)
    await until(() => cloud.state.droplets.get(id)?.lockedBy === null)
    assert.equal((await cloud.call('POST', `/droplets/${id}/actions`, { type: 'snapshot' })).status, 500)
  })

  it('a create can succeed while its answer is lost', async () => {
    cloud.faults.add({ kind: 'loseAnswer', match: { operation: 'droplets_create' } })
    await assert.rejects(cloud.call('POST', '/droplets', wanted))
    assert.equal(last(), 'lost 202 loseAnswer')
    const found = await cloud.call('GET', '/droplets?tag_name=op:7')
    assert.equal(found.body['meta']?.['total'], 1)
  })

  it('what was made can be missing from lists for a while, though it is there', async () => {
    cloud.faults.add({ kind: 'lateListing', ms: 3_600_000, match: { step: 'create' } })
    const { body } = await cloud.call('POST', '/droplets', { ...wanted, tags: ['op:8'] })
    assert.equal((await cloud.call('GET', '/droplets?tag_name=op:8')).body['meta']?.['total'], 0)
    assert.equal((await cloud.call('GET', `/droplets/${body['droplet']?.['id']}`)).status, 200)
    cloud.faults.add({ kind: 'lateListing', ms: 3_600_000, match: { step: 'snapshot' } })
    const { id, action } = await begin('snapshot')
    await until(() => cloud.state.actions.get(action)?.status === 'completed', { what: 'the snapshot' })
    const list = await cloud.call('GET', '/snapshots?per_page=200')
    assert.ok(!JSON.stringify(list.body).includes(String(id)))
    assert.equal([...cloud.state.images.values()].filter((image) => image.dropletId === id).length, 1)
  })

  it('anything can be denied', async () => {
    cloud.faults.add({ kind: 'notFound', times: 2 })
    assert.equal((await cloud.call('GET', '/droplets')).status, 404)
    assert.equal((await cloud.call('GET', '/account')).status, 404)
    assert.equal((await cloud.call('GET', '/account')).status, 200)
  })

  it('an answer can be swallowed without a sound', async () => {
    cloud.faults.add({ kind: 'loseAnswer', by: 'silence' })
    const patience = new AbortController()
    const asked = fetch(`${cloud.url}/account`, { signal: patience.signal })
    await Promise.race([asked, until(() => last() === 'lost 401 loseAnswer')])
    patience.abort()
    await assert.rejects(asked, { name: 'AbortError' })
  })

  it('a request can hang or be cut off before anything is done', async () => {
    const before = cloud.state.droplets.size
    cloud.faults.add({ kind: 'hang', match: { method: 'POST' } })
    const post = { method: 'POST', headers: { authorization: `Bearer ${cloud.token}` }, body: JSON.stringify(wanted) }
    const patience = new AbortController()
    const asked = fetch(`${cloud.url}/droplets`, { ...post, signal: patience.signal })
    await Promise.race([asked, until(() => last() === 'hung null hang')])
    patience.abort()
    await assert.rejects(asked, { name: 'AbortError' })
    cloud.faults.add({ kind: 'reset', match: { method: 'POST' } })
    await assert.rejects(cloud.call('POST', '/droplets', wanted))
    assert.equal(last(), 'reset null reset')
    assert.equal(cloud.state.droplets.size, before)
  })

  it('an answer can be slow and still come', async () => {
    cloud.faults.add({ kind: 'slow', ms: 120 })
    const from = performance.now()
    assert.equal((await cloud.call('GET', '/account')).status, 200)
    assert.ok(performance.now() - from >= 115)
  })

  it('an action can end errored, without its effect', async () => {
    cloud.faults.add({ kind: 'erroredAction', match: { step: 'snapshot' } })
    const { id, action } = await begin('snapshot')
    await until(() => cloud.state.actions.get(action)?.status === 'errored')
    const { body } = await cloud.call('GET', `/actions/${action}`)
    assert.equal(body['action']?.['status'], 'errored')
    assert.ok(![...cloud.state.images.values()].some((image) => image.dropletId === id))
    assert.equal(cloud.state.droplets.get(id)?.lockedBy, null)
  })

  it('a shutdown can complete while the droplet stays on', async () => {
    cloud.faults.add({ kind: 'ignoredAction', match: { step: 'shutdown' } })
    const { id, action } = await begin('shutdown')
    await until(() => cloud.state.actions.get(action)?.status === 'completed')
    assert.equal(cloud.state.droplets.get(id)?.status, 'active')
  })

  it('an action can be slow; the droplet is locked meanwhile', async () => {
    cloud.faults.add({ kind: 'slowAction', ms: 60_000, match: { step: 'power_off' } })
    const { id, action } = await begin('power_off')
    const quick = await begin('power_off')
    await until(() => cloud.state.actions.get(quick.action)?.status === 'completed')
    assert.equal(cloud.state.actions.get(action)?.status, 'in-progress')
    assert.equal((await cloud.call('DELETE', `/droplets/${id}`)).status, 422)
  })

  it('the token can be revoked in the middle, for good', async () => {
    const { value } = cloud.state.addToken({ name: 'doomed' })
    cloud.faults.add({ kind: 'revokeToken', match: { operation: 'droplets_create' } })
    assert.equal((await cloud.call('GET', '/account', undefined, value)).status, 200)
    const create = await cloud.call('POST', '/droplets', wanted, value)
    assert.equal(create.status, 401)
    assert.equal(create.body['message'], 'Unable to authenticate you')
    assert.equal((await cloud.call('GET', '/account', undefined, value)).status, 401)
  })

  it('what happens by hand in the control panel happens', async () => {
    const { id } = cloud.state.addDroplet({ name: 'handy' })
    cloud.state.powerByHand(id, 'off')
    assert.equal((await cloud.call('GET', `/droplets/${id}`)).body['droplet']?.['status'], 'off')
    cloud.state.deleteByHand(id)
    assert.equal((await cloud.call('GET', `/droplets/${id}`)).status, 404)
  })
})
