import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBuiltinBalancer } from '../../../src/balancers/builtin/builtin.ts'
import { startBuiltinBalancer } from '../../../src/balancers/builtin/start.ts'
import { balancerContract } from '../../contracts/balancer.ts'
import { FIGURES } from '../../contracts/figures.ts'
import { KEY } from './rig.ts'

balancerContract('the built-in balancer', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'spinup-balancer-'))
  const running = await startBuiltinBalancer({ dir, host: '127.0.0.1', port: 0, key: KEY, healthPath: '/health' })
  return {
    balancer: createBuiltinBalancer({ control: running.control, key: KEY }),
    url: running.url,
    tells: FIGURES,
    tellsQueue: true,
    unreachable: createBuiltinBalancer({ control: 'http://127.0.0.1:1', key: KEY }),
    async close() {
      await running.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
})
