import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, it } from 'node:test'
import { z } from 'zod'
import { SpinupError } from '../../../src/core/model/error.ts'
import { createEdge, type EdgeOptions } from '../../../src/providers/digitalocean/edge.ts'
import { refusalOf } from '../../../src/providers/digitalocean/refusal.ts'
import type { RateLimiter } from '../../../src/providers/cloud.ts'
import { until } from '../../wait.ts'
import { openAccount, QUICK } from './account.ts'
import { running } from '../../running.ts'

function failure(
  words: RegExp,
  retryable: boolean,
  code: SpinupError['code'] = 'providerFailed',
): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof SpinupError)
    assert.equal(error.code, code)
    assert.match(error.message, words)
    assert.equal(error.retryable, retryable, error.message)
    return true
  }
}

describe('a call to DigitalOcean', () => {
  const account = running(openAccount)
  afterEach(() => account.cloud.faults.clear())
  const limiterOf = (wait: number, held: number[] = []): RateLimiter => ({
    take: async () => wait,
    hold: async (ms) => void held.push(ms),
  })

  it('is made again when it broke off, was turned away or failed over there', async () => {
    const { faults } = account.cloud
    for (const kind of ['reset', 'serverError', 'unavailable', 'loseAnswer'] as const) {
      const fault = faults.add({ kind, times: 2 })
      assert.equal((await account.provider().list()).length, 1, kind)
      assert.equal(fault.hits(), 2, kind)
    }
  })

  it('gives up after so many tries, with words for the chat', async () => {
    const fault = account.cloud.faults.add({ kind: 'serverError', times: Infinity })
    await assert.rejects(account.provider().list(), failure(/did not list the droplets: its answer was 500/, true))
    assert.equal(fault.hits(), QUICK.attempts)
  })

  it('is not sent late by a bot that was stopped right after its last look', async () => {
    const { cloud, origin } = account
    const edge = createEdge(account.options() as EdgeOptions)
    const stopped = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
    const places: Readonly<Record<string, (stop: () => void) => unknown>> = {
      'before it connects': (stop) => queueMicrotask(stop),
      'while it connects': (stop) => setImmediate(stop),
    }
    for (const [place, at] of Object.entries(places)) {
      const outcome = await edge.attempt({
        what: 'switch it off',
        scope: 'droplet:update',
        repeatable: false,
        answer: z.unknown(),
        before: async () => void at(() => stopped(1100)),
        send: (client) => client.droplet.powerOffDroplet({ droplet_id: origin.id }),
      })
      const sent = cloud.log.filter(({ path }) => path.endsWith('/actions'))
      assert.equal(outcome.ok, sent.length > 0, place)
      assert.equal(sent.length, 0, place)
    }
  })

  it('waits as long as it is told to, and so does everyone else', async () => {
    const held: number[] = []
    account.cloud.faults.add({ kind: 'rateLimited', retryAfterSeconds: 1 })
    const began = performance.now()
    await account.provider({ limiter: limiterOf(0, held) }).list()
    assert.deepEqual(held, [1000])
    assert.ok(performance.now() - began >= 990, 'it waited')
  })

  it('fails at once when it would have to wait too long', async () => {
    const fault = account.cloud.faults.add({ kind: 'rateLimited', retryAfterSeconds: 600, times: Infinity })
    await assert.rejects(
      account.provider().list(),
      failure(/request limit is used up for 10 min/, true, 'providerRefused'),
    )
    assert.equal(fault.hits(), 1)
  })

  it('takes a place within the limit first, and is not sent without one', async () => {
    const before = account.cloud.log.length
    const provider = account.provider({ limiter: limiterOf(60_000) })
    await assert.rejects(provider.list(), failure(/used up the request limit .* for 1 min/, true, 'providerRefused'))
    assert.equal(account.cloud.log.length, before)
  })

  it('has a deadline, of each try', async () => {
    const fault = account.cloud.faults.add({ kind: 'hang', times: Infinity })
    // Long enough that each try reaches the account, which counts it when it has come.
    const provider = account.provider({ timing: { ...QUICK, deadlineMs: 300 } })
    await assert.rejects(provider.list(), failure(/did not answer in time/, true))
    await until(() => fault.hits() === QUICK.attempts, { what: `${QUICK.attempts} tries` })
  })

  it('ends when the bot stops', async () => {
    const stopping = new AbortController()
    const fault = account.cloud.faults.add({ kind: 'hang', times: Infinity })
    const listed = account.provider({ signal: stopping.signal, timing: { ...QUICK, deadlineMs: 600_000 } }).list()
    const ended = assert.rejects(listed, failure(/./, true))
    await until(() => fault.hits() === 1, { what: 'the request' })
    stopping.abort()
    await ended
    assert.equal(fault.hits(), 1)
    await assert.rejects(account.provider({ signal: stopping.signal }).list(), failure(/bot is stopping/, true))
  })

  it('says what to do when the token is no longer accepted', async () => {
    const token = account.cloud.state.addToken().value
    account.cloud.state.revokeToken(token)
    const provider = account.provider({ token: async () => token })
    await assert.rejects(provider.list(), failure(/no longer accepts our token\. Run \/spinup connect/, false))
  })

  it('uses a token that was renewed meanwhile', async () => {
    const old = account.cloud.state.addToken().value
    let current = old
    const provider = account.provider({
      token: async () => {
        const given = current
        // Another bot renews it right after this one has read it.
        current = account.cloud.token
        account.cloud.state.revokeToken(old)
        return given
      },
    })
    assert.equal((await provider.list()).length, 1)
  })

  it('says which scope is missing', async () => {
    const token = account.cloud.state.addToken({ scopes: ['account:read'] }).value
    const provider = account.provider({ token: async () => token })
    await assert.rejects(provider.list(), failure(/lacks the scope droplet:read.*\/spinup connect/, false))
  })

  it('says so when nobody answers at the address', async () => {
    const elsewhere = account.provider({ apiUrl: 'http://127.0.0.1:9/v2' })
    await assert.rejects(elsewhere.list(), failure(/connection was refused/, true))
  })

  it('misses nothing of a list that things are taken off while it is read', async () => {
    const { state, token } = account.cloud
    const made = Array.from({ length: 401 }, (_, index) => state.addDroplet({ name: `less-${index}`, tags: ['less'] }))
    let asked = 0
    const meddling = async (): Promise<string> => {
      asked += 1
      if (asked === 2) state.deleteByHand(made[0]!.id)
      return token
    }
    try {
      const all = new Set(
        (await account.provider({ token: meddling }).list('less')).map((droplet) => Number(droplet.id)),
      )
      assert.deepEqual(
        made.slice(1).filter(({ id }) => !all.has(id)),
        [],
      )
      assert.ok(!all.has(made[0]!.id), 'nor takes what is gone for being there')
    } finally {
      for (const droplet of made.slice(1)) state.deleteByHand(droplet.id)
    }
  })

  it('counts what it is asked to wait by the clock of the one that asked', () => {
    const now = Date.UTC(2026, 0, 1)
    const date = new Date(now - 3_600_000).toUTCString()
    const wait = (headers: Record<string, string>): number | null =>
      refusalOf({ response: { status: 429, data: {}, headers: { date, ...headers } } }, { token: 't', now }).waitMs
    assert.equal(wait({ 'retry-after': new Date(now - 3_590_000).toUTCString() }), 10_000)
    assert.equal(wait({ 'ratelimit-remaining': '0', 'ratelimit-reset': String((now - 3_570_000) / 1000) }), 30_000)
    assert.equal(wait({ 'retry-after': '7' }), 7000)
  })

  it('waits an hour at most, whatever it is told: that is as long as anything is counted', () => {
    const now = Date.UTC(2026, 0, 1)
    for (const headers of [
      { 'retry-after': '31536000' },
      { 'retry-after': new Date(now + 86_400_000).toUTCString() },
      { 'ratelimit-remaining': '0', 'ratelimit-reset': String(now / 1000 + 7 * 86_400) },
      { 'ratelimit-remaining': '0', 'ratelimit-reset': String(now) },
    ]) {
      const thrown = { response: { status: 429, data: {}, headers } }
      assert.equal(refusalOf(thrown, { token: 't', now }).waitMs, 3_600_000, JSON.stringify(headers))
    }
  })

  it('that a proxy answers instead says nothing of the token, nor of what there is', async () => {
    let status = 404
    let body = '<html>nothing here</html>'
    const proxy = createServer((_request, response) => {
      response.writeHead(status, { 'content-type': 'text/html' }).end(body)
    }).listen(0, '127.0.0.1')
    try {
      await once(proxy, 'listening')
      const apiUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/v2`
      for (status of [401, 403, 404, 409, 422]) {
        for (body of ['<html>nothing here</html>', '', '"no"']) {
          const words = new RegExp(`its answer was ${status}, not in its own format`)
          const call = account.provider({ apiUrl })
          await assert.rejects(call.get(account.originId), failure(words, true), `${status} ${body}`)
          await assert.rejects(call.list('spinup'), failure(words, true), `${status} ${body}`)
        }
      }
    } finally {
      proxy.close()
      proxy.closeAllConnections()
    }
  })

  it('reads every page, and each thing once', async () => {
    const { state } = account.cloud
    const made = Array.from({ length: 450 }, (_, index) => state.addDroplet({ name: `many-${index}`, tags: ['many'] }))
    try {
      const all = await account.provider().list()
      assert.equal(all.length, 451)
      assert.equal(new Set(all.map((droplet) => droplet.id)).size, 451)
      assert.equal((await account.provider().list('many')).length, 450)
    } finally {
      for (const droplet of made) state.deleteByHand(droplet.id)
    }
  })
})
