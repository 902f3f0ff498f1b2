import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { SpinupError } from '../../src/core/model/error.ts'
import { createVault, type Vault } from '../../src/store/vault.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'
import { dump } from './dump.ts'

const TOKEN = `dop_v1_${'5eC4e7'.repeat(10)}`
const KEY = 'spinup:vault'

describe('the vault', () => {
  let server: TestRedis
  let redis: Redis
  let vault: Vault
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
    vault = createVault(redis, 'a secret of sixteen')
  })
  after(() => server.stop())
  beforeEach(() => server.flush())
  const refused = async (from: Vault, id: string, says: RegExp): Promise<void> => {
    await assert.rejects(from.get(id), (error) => {
      assert.ok(error instanceof SpinupError && error.code === 'configuration')
      assert.match(error.message, says)
      assert.doesNotMatch(`${error.message} ${error.stack} ${String(error.cause)}`, /5eC4e7/)
      return true
    })
  }
  const sealed = async (id: string): Promise<string> => (await redis.hget(KEY, id)) ?? ''

  it('gives back what was put, also to another bot with the same secret', async () => {
    await vault.put('account-1', TOKEN)
    await vault.put('account-2', 'ünïcode 🔒 and\nlines')
    assert.equal(await vault.get('account-1'), TOKEN)
    assert.equal(await createVault(redis, 'a secret of sixteen').get('account-2'), 'ünïcode 🔒 and\nlines')
    assert.equal(await vault.get('account-3'), null)
    assert.deepEqual(await vault.ids(), ['account-1', 'account-2'])
  })

  it('seals the same text differently each time', async () => {
    const seen = new Set<string>()
    for (let turn = 0; turn < 20; turn++) {
      await vault.put('a', TOKEN)
      seen.add(await sealed('a'))
    }
    assert.equal(seen.size, 20)
  })

  it('leaves nothing readable in Redis, neither as it is nor encoded', async () => {
    await vault.put('a', TOKEN)
    const everything = JSON.stringify(await dump(redis)) + (await redis.hvals(KEY)).join()
    for (const form of [TOKEN, Buffer.from(TOKEN).toString('base64'), Buffer.from(TOKEN).toString('hex')]) {
      assert.ok(!everything.includes(form.slice(8, 40)))
    }
    const raw = Buffer.from((await sealed('a')).split('.')[2] ?? '', 'base64url')
    assert.equal(raw.length, 12 + TOKEN.length + 16, 'the cipher text is there, and as long as it should be')
    assert.ok(!raw.includes(TOKEN.slice(0, 8)))
  })

  it('says so when it was sealed with another secret', async () => {
    await vault.put('a', TOKEN)
    await refused(
      createVault(redis, 'another secret altogether'),
      'a',
      /another SPINUP_SECRET.*\/spinup connect account/,
    )
    assert.equal(await vault.get('a'), TOKEN, 'nothing was lost by trying')
  })

  it('refuses an entry that was altered in any byte, or moved to another id', async () => {
    await vault.put('a', TOKEN)
    const entry = await sealed('a')
    const [version, name, text = ''] = entry.split('.')
    const bytes = Buffer.from(text, 'base64url')
    for (const at of [0, 11, 12, bytes.length - 17, bytes.length - 1]) {
      const altered = Buffer.from(bytes)
      altered[at] = (altered[at] ?? 0) ^ 1
      await redis.hset(KEY, 'a', `${version}.${name}.${altered.toString('base64url')}`)
      await refused(vault, 'a', /it was altered/)
    }
    await redis.hset(KEY, 'a', `${version}.${name}.`)
    await refused(vault, 'a', /it was altered/)
    await redis.hset(KEY, 'b', entry)
    await refused(vault, 'b', /it was altered/)
  })

  it('does not guess at entries of a later version', async () => {
    await vault.put('a', TOKEN)
    await redis.hset(KEY, 'a', `2${(await sealed('a')).slice(1)}`)
    await refused(vault, 'a', /newer Spinup/)
  })

  it('forgets', async () => {
    await vault.put('a', TOKEN)
    await vault.forget('a')
    await vault.forget('a')
    assert.equal(await vault.get('a'), null)
    assert.equal(await redis.exists(KEY), 0)
  })
})
