import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import type { Balancer, Figures } from '../../src/balancers/balancer.ts'
import { SpinupError } from '../../src/core/model/error.ts'
import { freshGet } from '../balancers/fresh-get.ts'
import { until } from '../wait.ts'
import { figuresContract } from './figures.ts'

/** A balancer to run the contract against. */
export interface BalancerRig {
  readonly balancer: Balancer
  /** Where visitors send requests; null: there is no data plane here (a hosted balancer's stand-in), nor its tests. */
  readonly url: string | null
  /** A client of the same kind whose balancer is not there. */
  readonly unreachable: Balancer
  /** The balancer closes visitors' idle connections when members change; visitors ask once more then, as browsers do. */
  readonly closesIdle?: boolean
  /** False: it cannot tell requests in flight, and says 1 for a while after a drain. */
  readonly showsInFlight?: boolean
  /** The figures of a member that it tells; all others are null. */
  readonly tells: readonly (keyof Figures)[]
  /** It tells how many requests it holds back for want of a member. */
  readonly tellsQueue?: boolean
  close(): Promise<void>
}

/** A real web server to balance to: `/health`, `/slow` (answers when `release` is called), anything else its name. */
export interface TestMember {
  readonly url: string
  readonly server: Server
  /** What `/health` answers. */
  status: number
  /** Paths asked for so far, health checks apart. */
  readonly asked: string[]
  readonly checks: () => number
  release(): void
  close(): Promise<void>
}

export async function startMember(name: string, options: { readonly status?: number } = {}): Promise<TestMember> {
  let checks = 0
  const held: (() => void)[] = []
  const server = createServer((request, response) => {
    if (request.url === '/health') {
      checks += 1
      response.writeHead(member.status).end()
      return
    }
    member.asked.push(request.url ?? '')
    if (request.url === '/slow') held.push(() => response.end(name))
    else response.end(name)
  })
  server.keepAliveTimeout = 30_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const member: TestMember = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    status: options.status ?? 200,
    asked: [],
    checks: () => checks,
    release() {
      for (const answer of held.splice(0)) answer()
    },
    async close() {
      if (!server.listening) return
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return member
}

function closedIdle(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? error.cause : null
  return (
    cause instanceof Error && 'code' in cause && ['ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE'].includes(String(cause.code))
  )
}

/** What every balancer must do; `setup` gives a fresh one, without members that checks `/health`. */
export function balancerContract(name: string, setup: () => Promise<BalancerRig>): void {
  figuresContract(name, setup)
  describe(`${name} keeps the balancer contract`, () => {
    let rig: BalancerRig
    const members: TestMember[] = []
    before(async () => {
      rig = await setup()
    })
    after(async () => {
      await rig.close()
      for (const member of members) await member.close()
    })

    const start = async (label: string, options: { readonly status?: number } = {}) => {
      const member = await startMember(label, options)
      members.push(member)
      return member
    }
    const stateOf = async (member: TestMember) =>
      (await rig.balancer.list()).find((state) => state.url === member.url)?.state
    const join = async (member: TestMember) => {
      await rig.balancer.add(member.url)
      await until(async () => (await stateOf(member)) === 'healthy', { what: `${member.url} to be healthy` })
    }
    const leave = async (...all: readonly TestMember[]) => {
      for (const member of all) await rig.balancer.remove(member.url)
    }
    const visit = async (path = '/') => {
      const url = new URL(path, rig.url ?? '')
      const response = await fetch(url, { signal: AbortSignal.timeout(20_000) }).catch((error: unknown) => {
        if (rig.closesIdle !== true || !closedIdle(error)) throw error
        return null
      })
      // Asked once more on a connection of its own: the other idle ones are closed as well.
      if (response === null) return { status: 200, text: await freshGet(url.href) }
      return { status: response.status, text: await response.text() }
    }
    const traffic = (title: string, body: () => Promise<void>) =>
      it(title, async (context) => {
        if (rig.url === null) context.skip('no data plane to send traffic to')
        else await body()
      })

    it('starts with no members and lists the ones it takes in', async () => {
      assert.deepEqual(await rig.balancer.list(), [])
      const member = await start('a')
      await join(member)
      const [state] = await rig.balancer.list()
      assert.equal(state?.url, member.url)
      assert.equal(state?.failed, 0)
      assert.equal(state?.inFlight, 0)
      await leave(member)
      assert.deepEqual(await rig.balancer.list(), [])
    })

    it('takes add, drain and remove twice, and remove of a stranger', async () => {
      const member = await start('a')
      await rig.balancer.add(member.url)
      await rig.balancer.add(member.url)
      assert.equal((await rig.balancer.list()).length, 1)
      await rig.balancer.drain(member.url)
      await rig.balancer.drain(member.url)
      assert.equal(await stateOf(member), 'draining')
      await leave(member, member)
      await rig.balancer.remove('http://127.0.0.1:1')
      assert.deepEqual(await rig.balancer.list(), [])
    })

    it('hears the loads that agents report', async () => {
      const member = await start('a')
      await join(member)
      await rig.balancer.weigh({ [member.url]: 0.4, 'http://127.0.0.1:1': 0.9 })
      assert.equal((await rig.balancer.list()).length, 1)
      await leave(member)
    })

    traffic('sends a member traffic only once its health check passes', async () => {
      const [ready, booting] = [await start('ready'), await start('booting', { status: 503 })]
      await join(ready)
      await rig.balancer.add(booting.url)
      // Some check members by themselves, others when they are asked how their members are.
      await until(async () => (await stateOf(booting)) === 'unhealthy' && booting.checks() >= 2, {
        what: 'two health checks',
      })
      for (let count = 0; count < 20; count += 1) assert.equal((await visit()).text, 'ready')
      assert.deepEqual(booting.asked, [])
      booting.status = 200
      await until(async () => (await stateOf(booting)) === 'healthy', { what: 'the new member to be healthy' })
      await until(async () => (await visit()).text === 'booting', { what: 'traffic at the new member' })
      await leave(ready, booting)
    })

    traffic('a draining member finishes what it has and gets nothing new, until it is added again', async () => {
      const [a, b] = [await start('a'), await start('b')]
      await join(a)
      const slow = visit('/slow')
      await until(() => a.asked.includes('/slow'), { what: 'the slow request' })
      await join(b)
      await rig.balancer.drain(a.url)
      a.asked.length = 0
      for (let count = 0; count < 20; count += 1) assert.equal((await visit()).text, 'b')
      assert.deepEqual(a.asked, [])
      const state = (await rig.balancer.list()).find(({ url }) => url === a.url)
      assert.equal(state?.state, 'draining')
      if (rig.showsInFlight !== false) assert.equal(state.inFlight, 1)
      a.release()
      assert.deepEqual(await slow, { status: 200, text: 'a' })
      await until(async () => (await rig.balancer.list()).every(({ inFlight }) => inFlight === 0))
      await join(a)
      await until(async () => (await visit()).text === 'a', { what: 'traffic at the member taken back' })
      await leave(a, b)
    })

    traffic('a removed member gets nothing new, and what it has is not cut', async () => {
      const [a, b] = [await start('a'), await start('b')]
      await join(a)
      const slow = visit('/slow')
      await until(() => a.asked.includes('/slow'), { what: 'the slow request' })
      await join(b)
      await rig.balancer.remove(a.url)
      for (let count = 0; count < 20; count += 1) assert.equal((await visit()).text, 'b')
      a.release()
      assert.deepEqual(await slow, { status: 200, text: 'a' })
      await leave(b)
    })

    traffic('members come and go under live traffic without a failed request', async () => {
      let present = await start('m0')
      await join(present)
      const seen = new Map<string, number>()
      const open = new Set<Promise<void>>()
      const timer = setInterval(() => {
        for (let count = 0; count < 3; count += 1) {
          const one = visit().then(
            ({ status, text }) => {
              const key = status === 200 ? text : `status ${status}`
              seen.set(key, (seen.get(key) ?? 0) + 1)
            },
            (error: unknown) => void seen.set(`failed ${String(error)}`, 1),
          )
          open.add(one)
          void one.finally(() => open.delete(one))
        }
      }, 20)
      try {
        for (let round = 1; round <= 4; round += 1) {
          const next = await start(`m${round}`)
          await join(next)
          await until(() => next.asked.length >= 40, { what: 'traffic at the new member' })
          await rig.balancer.drain(present.url)
          await until(async () => (await rig.balancer.list()).find(({ url }) => url === present.url)?.inFlight === 0, {
            what: 'the old member to be idle',
          })
          await rig.balancer.remove(present.url)
          await present.close()
          const before = next.asked.length
          await until(() => next.asked.length >= before + 60, { what: 'traffic at the member that is left' })
          present = next
        }
      } finally {
        clearInterval(timer)
        await Promise.all(open)
      }
      assert.deepEqual([...seen.keys()].toSorted(), ['m0', 'm1', 'm2', 'm3', 'm4'])
      assert.ok([...seen.values()].reduce((sum, count) => sum + count, 0) >= 300)
      assert.equal((await rig.balancer.list())[0]?.failed, 0)
      await leave(present)
    })

    it('says so when the balancer cannot be reached', async () => {
      const calls = [
        rig.unreachable.add('http://127.0.0.1:1'),
        rig.unreachable.drain('http://127.0.0.1:1'),
        rig.unreachable.remove('http://127.0.0.1:1'),
        rig.unreachable.list(),
        ...(rig.tellsQueue === true ? [rig.unreachable.queued()] : []),
      ]
      for (const outcome of await Promise.allSettled(calls)) {
        const error: unknown = outcome.status === 'rejected' ? outcome.reason : null
        assert.ok(error instanceof SpinupError)
        assert.equal(error.code, 'balancerFailed')
      }
    })
  })
}
