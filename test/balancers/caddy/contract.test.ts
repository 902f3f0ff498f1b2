import { createCaddyBalancer } from '../../../src/balancers/caddy/caddy.ts'
import { balancerContract } from '../../contracts/balancer.ts'
import { isHealthy } from '../healthy.ts'
import { migrateRequests } from './migrate.ts'
import { startCaddy } from './rig.ts'

balancerContract('Caddy', async () => {
  const restore = await migrateRequests()
  const caddy = await startCaddy()
  return {
    balancer: createCaddyBalancer({ admin: caddy.admin, handler: 'pool', isHealthy }),
    url: caddy.url,
    tells: ['atMember'],
    unreachable: createCaddyBalancer({ admin: 'http://127.0.0.1:1', handler: 'pool', isHealthy, timeoutMs: 200 }),
    closesIdle: true,
    async close() {
      await caddy.stop()
      await restore()
    },
  }
})
