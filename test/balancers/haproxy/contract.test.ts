import { createHaproxyBalancer } from '../../../src/balancers/haproxy/haproxy.ts'
import { balancerContract } from '../../contracts/balancer.ts'
import { startHaproxy } from './rig.ts'

balancerContract('HAProxy', async () => {
  const haproxy = await startHaproxy()
  return {
    balancer: createHaproxyBalancer({ address: haproxy.address, backend: 'app', checkMs: 200 }),
    url: haproxy.url,
    tells: ['rps', 'atMember', 'queued'],
    tellsQueue: true,
    unreachable: createHaproxyBalancer({ address: 'unix:/nonexistent/admin.sock', backend: 'app', timeoutMs: 200 }),
    close: haproxy.stop,
  }
})
