import { parseArgs } from 'node:util'
import { readConfig } from '../config/read-config.ts'
import { runCommand } from './run-command.ts'
import { stopLeftovers } from './leftovers.ts'

const HELP = `Stops what keeps serving when the bot is stopped: the built-in balancer.

  npm run stop

It looks in SPINUP_DATA_DIR (.spinup). Droplets are never touched.`

await runCommand(HELP, async () => {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
  if (values.help) {
    console.log(HELP)
    return
  }
  const stopped = await stopLeftovers(readConfig(process.env).dataDir)
  console.log(stopped ? 'Stopped the balancer.' : 'Nothing runs there.')
})
