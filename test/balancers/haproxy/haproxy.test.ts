import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Balancer } from '../../../src/balancers/balancer.ts'
import { createHaproxyBalancer } from '../../../src/balancers/haproxy/haproxy.ts'
import { createRuntime } from '../../../src/balancers/haproxy/runtime.ts'
import { startMember, type TestMember } from '../../contracts/balancer.ts'
import { until } from '../../wait.ts'
import { freshGet } from '../fresh-get.ts'
import { startBadLine, type Loss } from './bad-line.ts'
import { startHaproxy, type RunningHaproxy } from './rig.ts'

describe('HAProxy by its runtime API', () => {
  let haproxy: RunningHaproxy
  let balancer: Balancer
  let origin: TestMember
  let clone: TestMember
  const connect = (address: string) => createHaproxyBalancer({ address, backend: 'app', checkMs: 100 })
  const rows = async () => {
    const lines = (await createRuntime(haproxy.address, 2000).ask('show servers state app')).split('\n').slice(2)
    return new Map(lines.map((line) => [line.split(' ')[3], line.split(' ')] as const))
  }
  const weights = async () => [...(await rows()).values()].map((cells) => Number(cells[7]))
  const healthy = async (member: TestMember) => {
    await balancer.add(member.url)
    await until(
      async () => (await balancer.list()).some(({ url, state }) => url === member.url && state === 'healthy'),
      {
        what: `${member.url} to be healthy`,
      },
    )
  }

  before(async () => {
    origin = await startMember('origin')
    clone = await startMember('clone')
    haproxy = await startHaproxy({ servers: [`server web1 ${new URL(origin.url).host} check inter 100ms`] })
  })
  beforeEach(async () => {
    await haproxy.restart()
    balancer = connect(haproxy.address)
  })
  after(async () => {
    await haproxy.stop()
    await origin.close()
    await clone.close()
  })

  it('takes a server of the configuration for the member it is, and never deletes it', async () => {
    await healthy(origin)
    assert.deepEqual([...(await rows()).keys()], ['web1'])
    await balancer.drain(origin.url)
    assert.equal((await balancer.list())[0]?.state, 'draining')
    await balancer.remove(origin.url)
    assert.deepEqual(await balancer.list(), [])
    assert.deepEqual([...(await rows()).keys()], ['web1'])
    await healthy(origin)
    assert.equal((await balancer.list()).length, 1)
  })

  it('a restarted HAProxy has forgotten the clone, lists it no more and takes it again', async () => {
    await healthy(clone)
    assert.equal((await balancer.list()).length, 2)
    await haproxy.restart()
    assert.deepEqual(
      (await balancer.list()).map(({ url }) => url),
      [origin.url],
    )
    await healthy(clone)
    assert.equal((await balancer.list()).length, 2)
  })

  it('deletes a removed server once its last request has ended', async () => {
    await balancer.remove(origin.url)
    await healthy(clone)
    clone.asked.length = 0
    const slow = freshGet(`${haproxy.url}/slow`)
    await until(() => clone.asked.includes('/slow'), { what: 'the slow request' })
    await balancer.remove(clone.url)
    assert.equal((await rows()).size, 2)
    clone.release()
    assert.equal(await slow, 'clone')
    await until(
      async () => {
        await balancer.list()
        return (await rows()).size === 1
      },
      { what: 'the server to be deleted' },
    )
  })

  it('a clone begins with the weight that the others have, and loads shift weights', async () => {
    await healthy(origin)
    await healthy(clone)
    assert.deepEqual(await weights(), [1, 1])
    await balancer.weigh({ [origin.url]: 1, [clone.url]: 0 })
    assert.deepEqual(await weights(), [67, 200])
    // The clone's load is unknown now, so it counts as the mean of the others.
    await balancer.weigh({ [origin.url]: 0.5 })
    assert.deepEqual(await weights(), [100, 100])
  })

  it('tells requests in flight and failed ones', async () => {
    await balancer.remove(origin.url)
    await healthy(clone)
    clone.asked.length = 0
    const slow = freshGet(`${haproxy.url}/slow`)
    // HAProxy counts a request before the member has it.
    await until(() => clone.asked.includes('/slow'), { what: 'the slow request' })
    await until(async () => (await balancer.list())[0]?.inFlight === 1, { what: 'the request to be counted' })
    clone.release()
    await slow
    await until(async () => (await balancer.list())[0]?.inFlight === 0, { what: 'the request to have ended' })
  })

  it('speaks over TCP too, and to an address that is not one it says so', async () => {
    assert.equal((await connect(haproxy.tcpAddress).list()).length, 1)
    assert.throws(() => connect('10.0.0.2:9999'), { code: 'configuration', message: /tcp:\/\// })
  })

  it('does what it was told though HAProxy closes before it has heard or answered', async () => {
    const line = await startBadLine(haproxy.tcpAddress)
    const losing = (...losses: readonly Loss[]) => {
      const left = [...losses]
      const changes = (text: string) => /^(add|del|set|enable)/.test(text)
      line.lose = (text) => (changes(text) ? (left.shift() ?? null) : null)
    }
    try {
      const shaky = connect(line.address)
      const state = async () => (await balancer.list()).find(({ url }) => url === clone.url)?.state
      losing('call', 'answer')
      await shaky.add(clone.url)
      await until(async () => (await state()) === 'healthy', { what: 'the clone to be healthy' })
      losing('call')
      await shaky.drain(clone.url)
      assert.equal(await state(), 'draining')
      losing('half', 'call', 'answer')
      await shaky.remove(clone.url)
      assert.equal(await state(), undefined)
      assert.deepEqual([...(await rows()).keys()], ['web1'])
      losing('call', 'call', 'call', 'call', 'call', 'call')
      await assert.rejects(shaky.drain(origin.url), {
        code: 'balancerFailed',
        retryable: true,
        message: /closed before/,
      })
    } finally {
      await line.close()
    }
  })

  it('a member that serves is not called down because the answer to adding it was lost', async () => {
    const line = await startBadLine(haproxy.tcpAddress)
    try {
      await balancer.remove(origin.url)
      const told: string[] = []
      line.lose = (text) => {
        if (text.startsWith('show')) return null
        told.push(text)
        return 'answer'
      }
      await connect(line.address).add(clone.url)
      assert.equal(told.length, 1, 'it was looked at again, not told again')
      assert.equal((await weights()).at(-1), 100)
    } finally {
      await line.close()
    }
  })

  it('is told again when a process that a reload has replaced says that it is leaving', async () => {
    const line = await startBadLine(haproxy.tcpAddress)
    try {
      let told = 0
      line.lose = (text) => (text.startsWith('set') && (told += 1) === 1 ? 'leaving' : null)
      await connect(line.address).drain(origin.url)
      assert.equal(told, 2)
      assert.equal((await balancer.list())[0]?.state, 'draining')
    } finally {
      await line.close()
    }
  })

  it('minds neither reloads nor members that leave while it speaks', async () => {
    const timer = setInterval(() => haproxy.reload(), 500)
    const ended = new AbortController()
    const coming = async () => {
      for (let round = 0; round < 60; round += 1) {
        await balancer.add(clone.url)
        await balancer.drain(clone.url)
        await balancer.remove(clone.url)
      }
    }
    const looking = async () => {
      for (let load = 0; !ended.signal.aborted; load = (load + 0.3) % 1) {
        await balancer.list()
        await balancer.weigh({ [origin.url]: load, [clone.url]: 0.5 })
      }
    }
    try {
      await Promise.all([coming().finally(() => ended.abort()), looking()])
    } finally {
      clearInterval(timer)
    }
    // What the process before the last reload was told is forgotten, and told again when that is seen.
    await until(
      async () => {
        const found = (await balancer.list()).find(({ url }) => url === clone.url)
        if (found === undefined) await balancer.add(clone.url)
        return found?.state === 'healthy'
      },
      { what: 'the clone to be healthy' },
    )
  })

  it('half of a list is no list', async () => {
    const line = await startBadLine(haproxy.tcpAddress)
    try {
      let halves = 2
      line.lose = () => ((halves -= 1) >= 0 ? 'half' : null)
      await healthy(clone)
      assert.equal((await connect(line.address).list()).length, 2)
    } finally {
      await line.close()
    }
  })

  it('a server that was forgotten between two looks is tried again later, not given up', async () => {
    const runtime = createRuntime(haproxy.address, 2000)
    await assert.rejects(runtime.tell('set server app/spinup:10.9.9.9:80 state ready'), { retryable: true })
  })

  it('says in words what HAProxy refuses', async () => {
    const wrong = createHaproxyBalancer({ address: haproxy.address, backend: 'nope' })
    await assert.rejects(wrong.list(), { code: 'balancerFailed', message: /Can't find backend/, retryable: false })
    await assert.rejects(balancer.add('http://10.0.0.4:80/path'), {
      code: 'balancerFailed',
      message: /http:\/\/10\.0\.0\.4:80/,
    })
    await assert.rejects(balancer.add('http://a;help:80'), { code: 'balancerFailed' })
    assert.throws(() => createHaproxyBalancer({ address: haproxy.address, backend: 'a; help' }), {
      code: 'configuration',
    })
  })
})
