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

let stopping = false
const stop = async (): Promise<void> => {
  if (stopping) return
  stopping = true
  await fake.stop()
  process.exit(0)
}
process.on('SIGTERM', () => void stop())
process.on('disconnect', () => void stop())

process.on('message', ({ id, order }: { readonly id: number; readonly order: Order }) => {
  perform(order).then(
    (answer) => process.send?.({ id, answer }),
    (error: unknown) => process.send?.({ id, error: error instanceof Error ? error.message : String(error) }),
  )
})

async function perform(order: Order): Promise<unknown> {
  if ('tally' in order) return tallyOf(fake.log)
  await fake.runInstallLine(order.run)
  return null
}

const { url, oauthUrl, token, appPort } = fake
process.send?.({ url, oauthUrl, token, appPort, droplet: options.originName })
// Whoever started it may be gone already.
if (!process.connected) await stop()
