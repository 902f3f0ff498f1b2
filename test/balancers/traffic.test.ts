import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createHaproxyBalancer } from '../../src/balancers/haproxy/haproxy.ts'
import { until } from '../wait.ts'
import { comeAndGo } from './comings.ts'
import { startHaproxy } from './haproxy/rig.ts'
import { startSite } from './site.ts'
import { failed, startVisitors } from './visitors.ts'

describe('members that join and leave under traffic', () => {
  it('a request that is cut is counted as failed', async () => {
    const site = await startSite()
    const visitors = startVisitors(site.url, 200)
    await until(() => site.served() > 20 && site.inFlight() > 0, { what: 'visitors' })
    await site.destroy()
    await visitors.stop()
    assert.ok(failed(visitors.tally) > 0)
    assert.equal(visitors.tally.answered + failed(visitors.tally), visitors.tally.sent)
  })

  it('cost no visitor of HAProxy a request', async () => {
    const haproxy = await startHaproxy()
    const balancer = createHaproxyBalancer({ address: haproxy.address, backend: 'app', checkMs: 200 })
    const run = await comeAndGo({ balancer, url: haproxy.url, forMs: 6000, perSecond: 200, members: 3 }).finally(
      haproxy.stop,
    )
    assert.deepEqual([...run.tally.failures], [])
    assert.deepEqual([run.joined, run.left, run.cut], [3, 3, 0])
    assert.ok(run.tally.answered > 500)
  })
})
