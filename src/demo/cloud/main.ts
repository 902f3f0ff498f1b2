import { serveOrders } from '../orders.ts'
import { createTally } from './api/rate-limit.ts'
import { startBackedDigitalOcean, type BackedOptions } from './backed.ts'

/**
 * The cloud as a process: `node main.ts '{…BackedOptions}'` with an IPC channel. It tells where it is, then does what it
 * is asked, and ends when asked to or when the one that started it is gone.
 */
type Order = { readonly run: string } | { readonly tally: true }

const options = JSON.parse(process.argv[2] ?? '{}') as BackedOptions
const tally = createTally()
let cloud: Awaited<ReturnType<typeof startBackedDigitalOcean>>
try {
  cloud = await startBackedDigitalOcean({ ...options, keeps: 0, onExchange: tally.see })
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}

const { url, oauthUrl, token, appPort } = cloud
await serveOrders<Order>({
  ready: { url, oauthUrl, token, appPort, droplet: options.originName },
  stop: () => cloud.stop(),
  perform: async (order) => {
    if ('tally' in order) return tally.now()
    await cloud.runInstallLine(order.run)
    return null
  },
})
