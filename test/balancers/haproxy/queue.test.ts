import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { Balancer } from '../../../src/balancers/balancer.ts'
import { createHaproxyBalancer } from '../../../src/balancers/haproxy/haproxy.ts'
import { startFiguresMember, type FiguresMember } from '../../contracts/figures-member.ts'
import { until } from '../../wait.ts'
import { startHaproxy, type RunningHaproxy } from './rig.ts'

describe('what HAProxy holds back', () => {
  let haproxy: RunningHaproxy
  let balancer: Balancer
  let member: FiguresMember
  /** A server that takes one at a time; what is asked with ?web1 waits for it alone. */
  const lines = (url: string) => [
    `server web1 ${new URL(url).host} check inter 100ms maxconn 1`,
    'use-server web1 if { query -m beg web1 }',
  ]
  before(async () => {
    member = await startFiguresMember()
    haproxy = await startHaproxy({ servers: lines(member.url) })
    balancer = createHaproxyBalancer({ address: haproxy.address, backend: 'app' })
    await until(async () => (await balancer.list())[0]?.state === 'healthy', { what: 'web1 to be healthy' })
  })
  after(async () => {
    await haproxy.stop()
    await member.close()
  })
  let asked: Promise<string>[] = []
  beforeEach(() => {
    asked = []
  })
  afterEach(async () => {
    const over = Promise.all(asked)
    const timer = setInterval(() => member.release(), 20)
    await over.finally(() => clearInterval(timer))
    await until(async () => (await balancer.list())[0]?.inFlight === 0, { what: 'nothing in flight' })
  })

  const ask = (path: string) => {
    const url = new URL(path, haproxy.url)
    asked.push(fetch(url, { signal: AbortSignal.timeout(20_000) }).then((response) => response.text()))
  }
  const look = async () => {
    const [state] = await balancer.list()
    return {
      atMember: state?.atMember,
      queued: state?.queued,
      inFlight: state?.inFlight,
      inFront: await balancer.queued(),
    }
  }
  const show = (figures: Awaited<ReturnType<typeof look>>) =>
    until(
      async () => {
        assert.deepEqual(await look(), figures)
        return true
      },
      { what: JSON.stringify(figures) },
    )

  it('for want of a free server is told of all of them together', async () => {
    ask('/held')
    await show({ atMember: 1, queued: 0, inFlight: 1, inFront: 0 })
    for (const path of ['/held?2', '/held?3', '/held?4']) ask(path)
    await show({ atMember: 1, queued: 0, inFlight: 1, inFront: 3 })
  })

  it('for one server alone is that member’s, and its drain waits for it', async () => {
    ask('/held?web1')
    await show({ atMember: 1, queued: 0, inFlight: 1, inFront: 0 })
    for (const path of ['/held?web1&2', '/held?web1&3']) ask(path)
    await show({ atMember: 1, queued: 2, inFlight: 3, inFront: 0 })
  })
})
