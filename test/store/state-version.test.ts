import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { SpinupError } from '../../src/core/model/error.ts'
import { keys } from '../../src/store/keys.ts'
import { createPoolStore } from '../../src/store/pool-store.ts'
import {
  MIGRATIONS,
  openState,
  readStateVersion,
  STATE_VERSION,
  type Migration,
} from '../../src/store/state-version.ts'
import { startTestRedis } from '../redis.ts'
import { running } from '../running.ts'
import { dump } from './dump.ts'
import { examplePool } from './example-state.ts'

describe('the version of the state', () => {
  const server = running(startTestRedis)
  let redis: Redis
  beforeEach(async () => {
    redis = await server.connect()
    await redis.flushall()
  })
  /** Steps up to `last`, each of which notes that it was done. */
  const steps = (last: number, work: (to: number) => Promise<void> = async () => undefined): readonly Migration[] =>
    Array.from({ length: last - 1 }, (_, index) => ({
      to: index + 2,
      what: `step ${index + 2}`,
      run: async (to: Redis) => {
        await to.rpush('spinup:done', index + 2)
        await work(index + 2)
      },
    }))
  const done = (): Promise<readonly string[]> => redis.lrange('spinup:done', 0, -1)

  it('has a record of each step, one after the other', () => {
    assert.deepEqual(
      MIGRATIONS.map(({ to }) => to),
      MIGRATIONS.map((_, index) => index + 2),
    )
    for (const { what } of MIGRATIONS) assert.match(what, /^\S.{10,}[^.]$/)
  })

  it('is written at the first start, by whom, and there is nothing to bring forward', async () => {
    assert.deepEqual(await openState(redis, '1.2.3'), [])
    assert.deepEqual(await readStateVersion(redis), { version: STATE_VERSION, by: '1.2.3' })
    const before = await dump(redis)
    await openState(redis, '1.2.4')
    assert.deepEqual(await dump(redis), before, 'what is of this version already stays as it is')
  })

  it('is 1 where none is written, and goes on step by step, each once', async () => {
    await redis.set('spinup:token', 'of a time without versions')
    assert.deepEqual(await readStateVersion(redis), { version: 1, by: null })
    assert.deepEqual(
      (await openState(redis, '1.0.0', steps(3))).map(({ what }) => what),
      ['step 2', 'step 3'],
    )
    assert.deepEqual(await openState(redis, '1.0.0', steps(3)), [])
    assert.deepEqual(
      (await openState(redis, '2.0.0', steps(5))).map(({ to }) => to),
      [4, 5],
    )
    assert.deepEqual(await done(), ['2', '3', '4', '5'])
    assert.deepEqual(await readStateVersion(redis), { version: 5, by: '2.0.0' })
  })

  it('is that of the last step that was done when a bot dies in between, and the next start goes on there', async () => {
    await redis.set('spinup:token', 'of a time without versions')
    const dies = (to: number): Promise<void> => (to === 3 ? Promise.reject(new Error('gone')) : Promise.resolve())
    await assert.rejects(openState(redis, '1.0.0', steps(4, dies)), /gone/)
    assert.equal((await readStateVersion(redis)).version, 2)
    await openState(redis, '1.0.0', steps(4))
    assert.deepEqual(await done(), ['2', '3', '3', '4'])
  })

  it('is brought forward by one of several bots that start together', async () => {
    await redis.set('spinup:token', 'of a time without versions')
    const others = await Promise.all(Array.from({ length: 5 }, () => server.connect()))
    await Promise.all(others.map((other) => openState(other, '1.0.0', steps(6))))
    assert.deepEqual(await done(), ['2', '3', '4', '5', '6'])
  })

  it('that is newer is refused in words, and nothing is changed', async () => {
    for (const [stored, says] of [
      [
        { version: 9, by: '3.1.0' },
        /of version 9, by Spinup 3\.1\.0; this is Spinup 1\.0\.0, which knows versions up to 2/,
      ],
      [{ version: STATE_VERSION + 1, by: '1.0.1' }, /Install 1\.0\.1 or later, or put back a backup from before/],
      [{ version: 1000 }, /of version 1000, by a newer Spinup/],
    ] as const) {
      await redis.del(keys.stateVersion)
      await redis.hset(keys.stateVersion, stored)
      const before = await dump(redis)
      await assert.rejects(openState(redis, '1.0.0'), (error: unknown) => {
        assert.ok(error instanceof SpinupError && error.code === 'configuration')
        assert.match(error.message, says)
        return true
      })
      assert.deepEqual(await dump(redis), before)
    }
  })

  it('2 lists each team’s pools, also those that were stored before there was a list', async () => {
    const store = createPoolStore(redis)
    await store.create(examplePool({ id: 'web', name: 'web' }))
    await store.create(examplePool({ id: 'shop', name: 'shop', tenant: 'slack:T2' }))
    await redis.sadd(keys.pools, 'one whose state is gone')
    await redis.del(keys.poolsOf(''), keys.poolsOf('slack:T2'))
    assert.deepEqual(await store.of(null), [])
    for (let turn = 0; turn < 2; turn++) {
      await redis.del(keys.stateVersion)
      await openState(redis, '1.0.0')
      assert.deepEqual([await store.of(null), await store.of('slack:T2')], [['web'], ['shop']])
    }
  })
})
