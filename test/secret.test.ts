import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { deriveKey, obtainSecret } from '../src/secret.ts'

describe('the secret', () => {
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'spinup-secret-'))
  })
  afterEach(() => rm(dir, { recursive: true, force: true }))

  it('is the one that is given', async () => {
    assert.equal(await obtainSecret('given by the environment', join(dir, 'data')), 'given by the environment')
    assert.deepEqual(await readdir(dir), [])
  })

  it('is made once, for its owner alone, however many bots start at the same time', async () => {
    const data = join(dir, 'data')
    const all = await Promise.all(Array.from({ length: 20 }, () => obtainSecret(null, data)))
    assert.equal(new Set(all).size, 1)
    assert.match(all[0]!, /^[0-9a-f]{64}$/)
    assert.equal(await obtainSecret(null, data), all[0])
    assert.deepEqual(await readdir(data), ['secret'])
    assert.equal((await stat(join(data, 'secret'))).mode & 0o777, 0o600)
  })

  it('is never an empty one, which everybody would know', async () => {
    await writeFile(join(dir, 'secret'), '')
    await assert.rejects(obtainSecret(null, dir), /holds no secret\. Put back the one from your backup/)
    assert.equal(await readFile(join(dir, 'secret'), 'utf8'), '')
  })
})

describe('the keys made from it', () => {
  it('are one for each purpose, the same at every start, and tell nothing of the secret', () => {
    const secret = 'a secret of sixteen'
    const keys = [
      deriveKey(secret, 'balancer control'),
      deriveKey(secret, 'console links'),
      deriveKey(secret, 'console sessions'),
      deriveKey(`${secret}.`, 'console links'),
    ]
    assert.equal(new Set(keys).size, keys.length)
    for (const key of keys) assert.match(key, /^[\da-f]{64}$/)
    assert.equal(deriveKey(secret, 'balancer control'), keys[0])
  })
})
