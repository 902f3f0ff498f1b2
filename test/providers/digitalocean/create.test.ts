import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { SpinupError } from '../../../src/core/model/error.ts'
import { originTag } from '../../../src/providers/digitalocean/order.ts'
import type { Bound } from '../../../src/core/model/bound.ts'
import type { CreateRequest } from '../../../src/providers/provider.ts'
import type { DropletRecord, ImageRecord } from '../../../src/demo/cloud/api/records.ts'
import { until } from '../../wait.ts'
import { openAccount, QUICK, type TestAccount } from './account.ts'
import { anyNumber, upTo } from '../../permit.ts'

describe('a clone', () => {
  let account: TestAccount
  let image: ImageRecord
  let turn = 0
  before(async () => {
    account = await openAccount({ dropletLimit: 500 })
    image = await account.cloud.state.addSnapshot(account.origin.id, 'spinup-golden')
  })
  after(() => account.stop())
  afterEach(() => account.cloud.faults.clear())

  const request = (more: Partial<CreateRequest> = {}): CreateRequest => ({
    name: 'web-2',
    snapshotId: `${account.originId}:spinup-golden`,
    operationTag: `spinup-op:${(turn += 1)}`,
    tags: ['spinup', 'spinup-pool:web'],
    userData: '{"member":"web-2"}',
    ...more,
  })
  const tagged = (tag: string): readonly DropletRecord[] => account.cloud.state.dropletsTagged(tag)

  it('has its origin’s region, size, network, features, firewall and project', async () => {
    const { state } = account.cloud
    const firewall = state.addFirewall('web-only', [account.origin.id])
    const project = state.addProject('Shop', [`do:droplet:${account.originId}`])
    state.addProject('Other')
    const wanted = request()
    const made = await account.provider().create(wanted, anyNumber)
    const clone = state.droplets.get(Number(made.id))
    assert.ok(clone)
    assert.equal(clone.name, 'web-2')
    assert.equal(clone.imageId, image.id)
    assert.equal(clone.regionSlug, account.origin.regionSlug)
    assert.equal(clone.sizeSlug, account.origin.sizeSlug)
    assert.equal(clone.vpcId, account.origin.vpcId)
    assert.equal(clone.userData, wanted.userData)
    assert.ok(clone.features.has('monitoring'))
    const own = originTag(account.originId)
    assert.deepEqual(clone.tags.toSorted(), [own, wanted.operationTag, ...wanted.tags].toSorted())
    assert.deepEqual(firewall.tags, [own], 'the firewall holds for every clone of this origin')
    assert.deepEqual(firewall.dropletIds, [account.origin.id])
    assert.ok(project.resources.has(`do:droplet:${made.id}`))
    const ops = account.cloud.log.map((exchange) => exchange.operation)
    assert.ok(ops.indexOf('firewalls_add_tags') < ops.indexOf('droplets_create'), 'behind its firewall from the start')
    assert.deepEqual(account.origin.tags, [], 'the origin is left alone')
  })

  it('is as wished where there are wishes', async () => {
    const key = account.cloud.state.addKey('ops')
    const provider = account.provider({
      settings: {
        address: { network: 'private', port: 80 },
        clones: { size: 's-2vcpu-4gb', sshKeys: [key.fingerprint], monitoring: false },
      },
    })
    const made = await provider.create(request(), anyNumber)
    assert.equal(made.size, '2 vCPU, 4 GB')
    const clone = account.cloud.state.droplets.get(Number(made.id))
    assert.deepEqual(clone?.sshKeyIds, [key.id])
    assert.equal(clone?.features.has('monitoring'), false)
    const active = await until(async () => (await provider.get(made.id))?.url, { what: 'its address' })
    assert.equal(active, `http://${clone?.privateIp}:80`)
  })

  it('is made once when the answer is lost', async () => {
    for (const by of ['reset', 'silence'] as const) {
      const fault = account.cloud.faults.add({ kind: 'loseAnswer', by, match: { operation: 'droplets_create' } })
      const wanted = request()
      const made = await account
        .provider({ timing: { ...QUICK, deadlineMs: by === 'silence' ? 300 : 5000 } })
        .create(wanted, anyNumber)
      assert.equal(fault.hits(), 1)
      assert.deepEqual(
        tagged(wanted.operationTag).map((droplet) => String(droplet.id)),
        [made.id],
      )
    }
  })

  it('is found by its tag by the next attempt when everything after a lost answer fails', async () => {
    const { faults } = account.cloud
    faults.add({ kind: 'loseAnswer', match: { operation: 'droplets_create' } })
    faults.add({ kind: 'serverError', match: { operation: 'droplets_list' }, skip: 1, times: Infinity })
    const wanted = request()
    await assert.rejects(
      account.provider().create(wanted, anyNumber),
      (error) => error instanceof SpinupError && error.retryable,
    )
    faults.clear()
    const before = account.count('droplets_create')
    const made = await account.provider().create(wanted, anyNumber)
    assert.equal(account.count('droplets_create'), before, 'found, not made again')
    assert.equal(tagged(wanted.operationTag).length, 1)
    assert.equal(String(tagged(wanted.operationTag)[0]?.id), made.id)
  })

  it('is asked for once when DigitalOcean fails, and again only by the next attempt', async () => {
    const fault = account.cloud.faults.add({ kind: 'serverError', match: { operation: 'droplets_create' } })
    const wanted = request()
    const before = account.count('droplets_create')
    await assert.rejects(
      account.provider().create(wanted, anyNumber),
      (error) => error instanceof SpinupError && error.retryable && /create the droplet web-2/.test(error.message),
    )
    assert.equal(fault.hits(), 1)
    assert.equal(account.count('droplets_create'), before + 1)
    assert.deepEqual(tagged(wanted.operationTag), [])
    await account.provider().create(wanted, anyNumber)
    assert.equal(tagged(wanted.operationTag).length, 1)
  })

  it('is asked for again at once when the request limit turned it away', async () => {
    account.cloud.faults.add({
      kind: 'rateLimited',
      retryAfterSeconds: 0,
      match: { operation: 'droplets_create' },
      times: 2,
    })
    const wanted = request()
    await account.provider().create(wanted, anyNumber)
    assert.equal(tagged(wanted.operationTag).length, 1)
  })

  it('is one of two bots that make it at the same moment', async () => {
    const wanted = request()
    // Both look before either makes it.
    account.cloud.faults.add({ kind: 'slow', ms: 60, match: { operation: 'droplets_create' }, times: 2 })
    const before = account.count('droplets_create')
    const made = await Promise.all([
      account.provider().create(wanted, anyNumber),
      account.provider().create(wanted, anyNumber),
    ])
    assert.equal(account.count('droplets_create'), before + 2, 'both made one')
    assert.equal(made[0].id, made[1].id)
    assert.deepEqual(
      tagged(wanted.operationTag).map((droplet) => String(droplet.id)),
      [made[0].id],
    )
  })

  it('is not made by a bot that has lost the work to another while it waited', async () => {
    const { faults } = account.cloud
    const wanted = request()
    // When it is looked for, and when it is ordered first.
    let mine = 2
    // Turned away by the limit, it comes back when another has it.
    faults.add({ kind: 'rateLimited', retryAfterSeconds: 0, match: { operation: 'droplets_create' } })
    const permit = async (): Promise<Bound | null> => (mine-- > 0 ? anyNumber() : null)
    await assert.rejects(account.provider().create(wanted, permit), /Another Spinup has continued/)
    assert.deepEqual(tagged(wanted.operationTag), [])
  })

  it('is not deleted as a twin by a bot that has lost the work to another', async () => {
    const { faults } = account.cloud
    const wanted = request()
    faults.add({ kind: 'loseAnswer', match: { operation: 'droplets_create' } })
    faults.add({ kind: 'lateListing', ms: 3_600_000, match: { step: 'create' } })
    await assert.rejects(account.provider({ lookMs: [1] }).create(wanted, anyNumber), /did not create/)
    // The one that took over made another, which serves by now.
    const serving = await account.provider().create(wanted, anyNumber)
    account.cloud.state.listedFrom.clear()
    let asked = 0
    await assert.rejects(
      account.provider().create(wanted, async () => (asked++ === 0 ? anyNumber() : null)),
      /Another Spinup has continued/,
    )
    assert.ok(account.cloud.state.droplets.has(Number(serving.id)))
    assert.equal(tagged(wanted.operationTag).length, 2)
  })

  it('is not made where the account shows as many as may be, on whichever page', async () => {
    const { state } = account.cloud
    const there = tagged('spinup-pool:web').length
    const more = Array.from({ length: 205 - there }, (_, index) =>
      state.addDroplet({ name: `other-${index}`, tags: ['spinup', 'spinup-pool:web'] }),
    )
    const wanted = request()
    const before = account.count('droplets_create')
    await assert.rejects(account.provider().create(wanted, upTo(205)), /205 with the tag spinup-pool:web are there/)
    assert.equal(account.count('droplets_create'), before, 'nothing was ordered')
    assert.equal((await account.provider().create(wanted, upTo(206))).name, wanted.name)
    for (const { id } of more) state.deleteByHand(id)
  })

  it('is not made by what the account showed long ago', async () => {
    let now = Date.now()
    const provider = account.provider({ now: () => now })
    const wanted = request()
    account.cloud.faults.add({ kind: 'slow', ms: 200, match: { operation: 'snapshots_list' } })
    // It sleeps between the look and the order.
    const looks = account.count('droplets_list')
    const made = provider.create(wanted, anyNumber)
    await until(() => account.count('droplets_list') > looks, { what: 'the look' })
    now += 60_000
    await assert.rejects(made, (error: unknown) => error instanceof SpinupError && error.retryable)
    assert.deepEqual(tagged(wanted.operationTag), [])
    assert.ok(await provider.create(wanted, anyNumber))
  })

  it('is not made where the bound was lowered since the account was asked', async () => {
    const wanted = request()
    const there = tagged('spinup-pool:web').length
    let asked = 0
    await assert.rejects(
      account.provider().create(wanted, () => upTo(asked++ === 0 ? there + 1 : there)()),
      /there may be/,
    )
    assert.deepEqual(tagged(wanted.operationTag), [])
  })

  it('is taken as made by its answer, though lists show it late', async () => {
    const wanted = request()
    account.cloud.faults.add({ kind: 'lateListing', ms: 3_600_000, match: { step: 'create' } })
    const made = await account.provider().create(wanted, anyNumber)
    assert.deepEqual(
      tagged(wanted.operationTag).map((droplet) => String(droplet.id)),
      [made.id],
    )
  })

  it('is put into its project by the next attempt when the answer to create came to nobody', async () => {
    const { faults, state } = account.cloud
    const late = state.addDroplet({ name: 'filed' })
    const project = state.addProject('Files', [`do:droplet:${late.id}`])
    await state.addSnapshot(late.id, 'spinup-filed')
    const wanted = request({ snapshotId: `${late.id}:spinup-filed` })
    faults.add({ kind: 'loseAnswer', match: { operation: 'droplets_create' } })
    faults.add({ kind: 'serverError', match: { operation: 'droplets_list' }, skip: 1, times: Infinity })
    await assert.rejects(account.provider().create(wanted, anyNumber))
    faults.clear()
    const made = await account.provider().create(wanted, anyNumber)
    assert.ok(project.resources.has(`do:droplet:${made.id}`))
  })

  it('has tags and a name that DigitalOcean takes, whatever they were', async () => {
    const wanted = request({ name: 'Шоп_web 2.', operationTag: 'op/ä 1', tags: ['spinup', 'pool web'] })
    const provider = account.provider()
    const made = await provider.create(wanted, anyNumber)
    assert.equal(made.name, 'web-2')
    assert.ok(made.tags.every((tag) => /^[\w:-]+$/.test(tag)))
    assert.equal((await provider.list('op/ä 1'))[0]?.id, made.id)
    assert.deepEqual(await provider.list('op/ö 1'), [], 'no other text has the same tag')
  })

  it('may be made of any image of the account, by its number', async () => {
    const made = await account.provider().create(request({ snapshotId: String(image.id) }), anyNumber)
    assert.equal(account.cloud.state.droplets.get(Number(made.id))?.imageId, image.id)
  })

  it('can be made when its origin is gone, if size and region were chosen', async () => {
    const { state } = account.cloud
    const lost = state.addDroplet({ name: 'lost' })
    await state.addSnapshot(lost.id, 'spinup-lost')
    state.deleteByHand(lost.id)
    const wanted = request({ snapshotId: `${lost.id}:spinup-lost` })
    await assert.rejects(account.provider().create(wanted, anyNumber), (error) => {
      return error instanceof SpinupError && !error.retryable && /Choose both/.test(error.message)
    })
    const clones = { size: 's-1vcpu-1gb', region: 'nyc3' }
    const settings = { address: { network: 'public', port: 80 }, clones } as const
    assert.equal((await account.provider({ settings }).create(wanted, anyNumber)).region, 'nyc3')
  })

  it('has its origin’s firewall as soon as the origin is to be seen again', async () => {
    const { state, faults } = account.cloud
    const shy = state.addDroplet({ name: 'shy' })
    const firewall = state.addFirewall('shy-only', [shy.id])
    await state.addSnapshot(shy.id, 'spinup-shy')
    const clones = { size: 's-1vcpu-1gb', region: 'nyc3' }
    const provider = account.provider({ settings: { address: { network: 'public', port: 80 }, clones } })
    faults.add({ kind: 'notFound', match: { path: new RegExp(`/droplets/${shy.id}$`) } })
    const wanted = { snapshotId: `${shy.id}:spinup-shy` }
    await provider.create(request(wanted), anyNumber)
    assert.deepEqual(firewall.tags, [])
    await provider.create(request(wanted), anyNumber)
    assert.deepEqual(firewall.tags, [originTag(String(shy.id))])
  })

  it('is refused for good, in DigitalOcean’s own words, where waiting does not help', async () => {
    const settings = { address: { network: 'public', port: 80 }, clones: { size: 's-none' } } as const
    await assert.rejects(account.provider({ settings }).create(request(), anyNumber), (error) => {
      return error instanceof SpinupError && !error.retryable && /You specified an invalid size/.test(error.message)
    })
  })

  it('is not made when the token may not see firewalls, but when it may not see projects', async () => {
    const scopes = ['droplet:read', 'droplet:create', 'snapshot:read', 'tag:create', 'firewall:update']
    const poor = account.cloud.state.addToken({ scopes }).value
    const before = account.count('droplets_create')
    await assert.rejects(account.provider({ token: async () => poor }).create(request(), anyNumber), /firewall:read/)
    assert.equal(account.count('droplets_create'), before)
    const better = account.cloud.state.addToken({ scopes: [...scopes, 'firewall:read'] }).value
    assert.ok(await account.provider({ token: async () => better }).create(request(), anyNumber))
  })

  it('is deleted, and nothing else is', async () => {
    const provider = account.provider()
    const made = await provider.create(request(), anyNumber)
    const poor = account.cloud.state.addToken({ scopes: ['droplet:read'] }).value
    await assert.rejects(
      account.provider({ token: async () => poor }).destroy(made.id),
      /lacks the scope droplet:delete/,
    )
    await provider.destroy(made.id)
    assert.equal(await provider.get(made.id), null)
    await assert.rejects(provider.destroy(account.originId), /does not carry the tag spinup/)
    assert.ok(account.cloud.state.droplets.has(account.origin.id))
  })
})
