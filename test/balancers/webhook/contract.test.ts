import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBuiltinBalancer } from '../../../src/balancers/builtin/builtin.ts'
import { startBuiltinBalancer } from '../../../src/balancers/builtin/start.ts'
import { createWebhookBalancer } from '../../../src/balancers/webhook/webhook.ts'
import { balancerContract, type BalancerRig } from '../../contracts/balancer.ts'
import { FIGURES } from '../../contracts/figures.ts'
import { isHealthy } from '../healthy.ts'
import { createRecord } from '../record.ts'
import { startEndpoint } from './endpoint.ts'

const SECRET = 'a secret that both sides know'
const KEY = 'key-of-the-balancer-behind-the-hook'

/** A real balancer stands behind the endpoint, which passes on to it what it is told. */
async function setup(format: 'json' | 'form', tells: boolean): Promise<BalancerRig> {
  const dir = await mkdtemp(join(tmpdir(), 'spinup-webhook-'))
  const running = await startBuiltinBalancer({ dir, host: '127.0.0.1', port: 0, key: KEY, healthPath: '/health' })
  const behind = createBuiltinBalancer({ control: running.control, key: KEY })
  const endpoint = await startEndpoint(SECRET, async ({ fields }) => {
    const { type, url = '' } = fields
    if (type === 'add-server') await behind.add(url)
    else if (type === 'rmv-server') await behind.remove(url)
    else if (type === 'drain-server' && tells) await behind.drain(url)
    else if (type === 'list' && tells) return { status: 200, body: { members: await behind.list() } }
    else return { status: 400 }
    return { status: 200 }
  })
  const options = { secret: SECRET, format, record: createRecord(), isHealthy, settleMs: 100 }
  return {
    balancer: createWebhookBalancer({ ...options, url: endpoint.url }),
    url: running.url,
    unreachable: createWebhookBalancer({ ...options, url: 'http://127.0.0.1:1/', isHealthy: async () => true }),
    showsInFlight: tells,
    tells: tells ? FIGURES : [],
    async close() {
      await endpoint.close()
      await running.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

balancerContract('A webhook that tells its members', () => setup('json', true))
balancerContract('A webhook that only takes add-server and rmv-server', () => setup('form', false))
