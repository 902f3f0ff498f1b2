import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { SpinupError } from '../../src/core/model/error.ts'
import { snapshotName } from '../../src/core/model/droplet.ts'
import type { CreateRequest, Droplet, Provider, Snapshot } from '../../src/providers/provider.ts'
import { until } from '../wait.ts'
import { anyNumber, upTo } from '../permit.ts'

/** One provider brought up for the suite, with a droplet to clone. */
export interface ProviderUnderTest {
  readonly provider: Provider
  /** A droplet that is, or will soon be, `active`. The suite snapshots it and switches it off and on. */
  readonly originId: string
  /** What was handed to this droplet as user data and has reached it; null: nothing yet. */
  userDataOf(dropletId: string): Promise<string | null>
  /**
   * What the web app at this address answers, so that a clone can be told to hold the same app; null: no answer. Leave
   * it out where droplets are only records, as behind a stand-in for a cloud's API.
   */
  readonly ask?: (url: string) => Promise<string | null>
  stop(): Promise<void>
}

/** Longest a status change may take here. */
const PATIENCE_MS = 30_000

/** What every provider must do; an adapter calls it from its own test file. */
export function providerContract(name: string, setup: () => Promise<ProviderUnderTest>): void {
  describe(`${name} keeps the provider contract`, () => {
    let under: ProviderUnderTest
    let provider: Provider
    let snapshotId = ''

    before(async () => {
      under = await setup()
      provider = under.provider
      await reaches(provider, under.originId, 'active')
    })
    after(() => under?.stop())

    const request = (tag: string, more: Partial<CreateRequest> = {}): CreateRequest => ({
      name: `clone-${tag}`,
      snapshotId,
      operationTag: `spinup-op-${tag}`,
      tags: ['spinup', 'spinup-pool-web'],
      userData: JSON.stringify({ member: `clone-${tag}` }),
      ...more,
    })

    it('tells of a droplet what it is, where it answers and what it costs', async () => {
      const origin = await provider.get(under.originId)
      assert.ok(origin)
      assert.equal(origin.id, under.originId)
      assert.equal(origin.status, 'active')
      assert.match(origin.url ?? '', /^https?:\/\/[^/]+$/)
      assert.ok(origin.name.length > 0 && origin.size.length > 0 && origin.region.length > 0)
      assert.ok((origin.dollarsPerHour ?? -1) >= 0)
      assert.ok(origin.createdAt > Date.UTC(2010, 0) && origin.createdAt <= Date.now() + 60_000, 'epoch ms')
      assert.ok((await provider.list()).some((droplet) => droplet.id === under.originId))
      if (under.ask) assert.ok(await until(() => under.ask?.(origin.url ?? ''), { what: 'the origin to answer' }))
    })

    it('says null of a droplet there is none of, and has nothing to destroy', async () => {
      assert.equal(await provider.get('4040404'), null)
      await provider.destroy('4040404')
    })

    it('refuses to switch, snapshot or clone what does not exist, for good', async () => {
      await assert.rejects(provider.power('4040404', 'on'), refused)
      await assert.rejects(provider.snapshot('4040404', 'nothing'), refused)
      await assert.rejects(provider.create(request('lost', { snapshotId: '4040404' }), anyNumber), refused)
      assert.deepEqual(await provider.list('spinup-op-lost'), [])
    })

    it('switches a droplet off and on again at the same address', async () => {
      const before = await provider.get(under.originId)
      await provider.power(under.originId, 'off')
      await reaches(provider, under.originId, 'off')
      await provider.power(under.originId, 'off')
      assert.equal((await provider.get(under.originId))?.status, 'off')
      if (under.ask) assert.equal(await under.ask(before?.url ?? ''), null)

      await provider.power(under.originId, 'on')
      const again = await reaches(provider, under.originId, 'active')
      await provider.power(under.originId, 'on')
      assert.equal(again.url, before?.url)
      if (under.ask) await until(() => under.ask?.(again.url ?? ''), { what: 'the origin to answer again' })
    })

    it('takes one snapshot per name and tells how far it is', async () => {
      // A graceful snapshot, as the engine takes it: of a droplet that is off.
      await provider.power(under.originId, 'off')
      await reaches(provider, under.originId, 'off')
      const first = await provider.snapshot(under.originId, 'spinup-golden')
      const told: Snapshot[] = [first]
      const complete = await until(
        async () => {
          const next = await provider.snapshot(under.originId, 'spinup-golden')
          told.push(next)
          return next.complete && next
        },
        { timeoutMs: PATIENCE_MS, what: 'the snapshot to be complete' },
      )
      assert.equal(complete.progress, 1)
      for (const [index, one] of told.entries()) {
        assert.equal(one.id, complete.id, 'the same name is the same snapshot')
        assert.ok(one.progress >= (told[index - 1]?.progress ?? 0) && one.progress <= 1, 'progress never falls')
        if (!one.complete) assert.ok(one.progress < 1, 'not 1 before it is complete')
      }
      snapshotId = complete.id
      await provider.power(under.originId, 'on')
      await reaches(provider, under.originId, 'active')
    })

    it('makes one droplet of twenty equal requests at once', async () => {
      const droplets = await Promise.all(
        Array.from({ length: 20 }, () => provider.create(request('twenty'), anyNumber)),
      )
      const [first] = droplets
      assert.ok(first)
      for (const droplet of droplets) assert.equal(droplet.id, first.id)
      const found = await provider.list('spinup-op-twenty')
      assert.deepEqual(
        found.map((droplet) => droplet.id),
        [first.id],
      )
      assert.equal(found[0]?.name, 'clone-twenty')
      for (const tag of ['spinup-op-twenty', 'spinup', 'spinup-pool-web']) assert.ok(found[0]?.tags.includes(tag), tag)
      assert.ok(
        (await provider.list('spinup')).every((droplet) => droplet.id !== under.originId),
        'list keeps to the tag',
      )

      await reaches(provider, first.id, 'active')
      assert.equal((await provider.create(request('twenty'), anyNumber)).id, first.id, 'also once it is active')
      await provider.destroy(first.id)
      await gone(provider, first.id)
    })

    it('walks a clone from new to active, with the app and its user data on it', async () => {
      const created = await provider.create(request('walk'), anyNumber)
      assert.equal(created.status, 'new')
      const seen: string[] = []
      const active = await until(
        async () => {
          const droplet = await provider.get(created.id)
          seen.push(droplet?.status ?? 'gone')
          return droplet?.status === 'active' && droplet
        },
        { timeoutMs: PATIENCE_MS, what: 'the clone to be active' },
      )
      assert.deepEqual(
        [...new Set(seen)].filter((status) => status !== 'new'),
        ['active'],
        'never backwards',
      )
      assert.match(active.url ?? '', /^https?:\/\/[^/]+$/)
      const origin = await provider.get(under.originId)
      assert.notEqual(active.url, origin?.url)
      assert.equal(active.size, origin?.size)
      assert.equal(await until(() => under.userDataOf(created.id), { what: 'user data' }), request('walk').userData)
      if (under.ask) {
        const expected = await until(() => under.ask?.(origin?.url ?? ''), { what: 'the origin to answer' })
        assert.equal(await until(() => under.ask?.(active.url ?? ''), { what: 'the clone to answer' }), expected)
      }

      await provider.destroy(created.id)
      await provider.destroy(created.id)
      await gone(provider, created.id)
      await provider.destroy(created.id)
      assert.deepEqual(await provider.list('spinup-op-walk'), [])
      if (under.ask)
        await until(async () => (await under.ask?.(active.url ?? '')) === null, { what: 'the clone to fall silent' })
    })

    it('makes none beyond the bound, for which everything counts that is there or may be', async () => {
      await until(async () => (await provider.list(POOL_TAG)).length === 0, { what: 'all others to be gone' })
      const first = await provider.create(request('bound-1'), upTo(2))
      const second = await provider.create(request('bound-2'), upTo(2))
      await assert.rejects(provider.create(request('bound-3'), upTo(2)), limited)
      await assert.rejects(provider.create(request('bound-3'), upTo(0)), limited)
      // Known, though no list shows it; ordered by another, and not made yet.
      await assert.rejects(provider.create(request('bound-3'), upTo(3, { known: ['4040404'] })), limited)
      const coming = (tag: string) => ({ coming: [`spinup-op-${tag}`] })
      await assert.rejects(provider.create(request('bound-3'), upTo(3, coming('elsewhere'))), limited)
      assert.deepEqual(await provider.list('spinup-op-bound-3'), [])

      // What is listed does not count twice, and one that is there already is no other.
      const third = await provider.create(
        request('bound-3'),
        upTo(3, { known: [first.id, second.id], ...coming('bound-2') }),
      )
      assert.equal((await provider.create(request('bound-3'), upTo(1))).id, third.id)
      for (const { id } of [first, second, third]) await provider.destroy(id)
    })

    it('makes, deletes and switches nothing for whoever was overtaken', async () => {
      const nobody = async (): Promise<boolean> => false
      await assert.rejects(
        provider.create(request('late'), async () => null),
        overtaken,
      )
      assert.deepEqual(await provider.list('spinup-op-late'), [])
      const droplet = await provider.create(request('late'), anyNumber)
      await reaches(provider, droplet.id, 'active')
      await assert.rejects(provider.power(droplet.id, 'off', nobody), overtaken)
      await assert.rejects(provider.destroy(droplet.id, nobody), overtaken)
      await assert.rejects(provider.snapshot(droplet.id, 'late', nobody), overtaken)
      assert.equal((await provider.get(droplet.id))?.status, 'active')
      await provider.destroy(droplet.id)
    })

    it('deletes old snapshots of its own making, and spares the newest, those in use and those of others', async () => {
      const prune = provider.pruneSnapshots?.bind(provider)
      if (prune === undefined) return
      const ids: Record<string, string> = {}
      const [one, two, three] = ['1', '2', '3'].map((id) => snapshotName('web', id.padStart(16, '0')))
      // As a control panel calls it, of a droplet named `spinup-1`.
      const theirs = 'spinup-1-1732345678901'
      for (const snapshot of [one!, theirs, two!, three!]) {
        const complete = await until(
          async () => {
            const told = await provider.snapshot(under.originId, snapshot)
            return told.complete && told
          },
          { timeoutMs: PATIENCE_MS, what: snapshot },
        )
        ids[snapshot] = complete.id
      }
      const inUse = [snapshotId, ids[one!]!]
      assert.equal(await prune(under.originId, 1, inUse), 1)
      assert.equal(await prune(under.originId, 1, inUse), 0)
      await assert.rejects(provider.create(request('pruned', { snapshotId: ids[two!]! }), anyNumber), refused)
      for (const kept of [one!, theirs, three!]) {
        const clone = await provider.create(request(`of-${kept}`, { snapshotId: ids[kept]! }), anyNumber)
        await provider.destroy(clone.id)
      }
    })
  })
}

const POOL_TAG = 'spinup-pool:web'

function limited(error: unknown): boolean {
  return error instanceof SpinupError && error.code === 'limited' && /there may be/.test(error.message)
}

function overtaken(error: unknown): boolean {
  return error instanceof SpinupError && error.code === 'conflict'
}

function refused(error: unknown): boolean {
  return (
    error instanceof SpinupError && error.code === 'providerFailed' && !error.retryable && error.message.length > 10
  )
}

function reaches(provider: Provider, id: string, status: Droplet['status']): Promise<Droplet> {
  return until(
    async () => {
      const droplet = await provider.get(id)
      return droplet?.status === status && droplet
    },
    { timeoutMs: PATIENCE_MS, what: `droplet ${id} to be ${status}` },
  )
}

async function gone(provider: Provider, id: string): Promise<void> {
  await until(async () => (await provider.get(id)) === null, {
    timeoutMs: PATIENCE_MS,
    what: `droplet ${id} to be gone`,
  })
}
