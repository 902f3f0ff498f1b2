import { givenEnvironment } from '../config/env-file.ts'
import { readConfig } from '../config/read-config.ts'
import { stopLeftovers } from './leftovers.ts'
import { runCommand } from './run-command.ts'

const HELP = `Stops what keeps serving when the bot is stopped: the built-in balancer.

  npm run stop

It looks in SPINUP_DATA_DIR (.spinup). Droplets are never touched.`

await runCommand({ help: HELP }, async () => {
  const stopped = await stopLeftovers(readConfig(givenEnvironment(process.env).env).dataDir)
  console.log(stopped ? 'Stopped the balancer.' : 'Nothing runs there.')
})
