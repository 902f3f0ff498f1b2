import { serveOrders } from '../as-process.ts'
import { startBackedDigitalOcean, type BackedOptions } from './backed.ts'
import { tallyOf } from './tally.ts'

/**
 * The stand-in as a process, for the demo: `node main.ts '{…BackedOptions}'` with an IPC channel. It tells where it is,
 * then does what it is asked, and ends when told to or when whoever started it is gone.
 */
type Order = { readonly run: string } | { readonly tally: true }

const options = JSON.parse(process.argv[2] ?? '{}') as BackedOptions
let fake: Awaited<ReturnType<typeof startBackedDigitalOcean>>
try {
  fake = await startBackedDigitalOcean(options)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}

const { url, oauthUrl, token, appPort } = fake
await serveOrders<Order>({
  told: { url, oauthUrl, token, appPort, droplet: options.originName },
  stop: () => fake.stop(),
  perform: async (order) => {
    if ('tally' in order) return tallyOf(fake.log)
    await fake.runInstallLine(order.run)
    return null
  },
})
