import { parseArgs } from 'node:util'
import { readConfig } from '../config/read-config.ts'
import { SpinupError } from '../core/model/error.ts'
import { socketPath } from '../providers/local/address.ts'
import { createLocalProvider } from '../providers/local/local-cloud.ts'
import { localDir } from '../registry/folders.ts'
import { runCommand } from './run-command.ts'

const HELP = `Puts the agent on a droplet of the local cloud and starts it.

  npm run install-agent -- DROPLET KEY [--url http://127.0.0.1:8080]

/spinup connect shows the whole line; the key is good for half an hour and for one agent.`

await runCommand(HELP, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { url: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  const [name, enrol, ...rest] = positionals
  if (values.help) {
    console.log(HELP)
    return
  }
  if (name === undefined || enrol === undefined || rest.length > 0) {
    throw new SpinupError('configuration', `it takes a droplet and a key.\n\n${HELP}`)
  }
  const config = readConfig(process.env)
  const cloud = createLocalProvider({ path: socketPath(localDir(config)) })
  const droplet = (await cloud.list()).find((candidate) => candidate.name === name)
  if (droplet === undefined) throw new SpinupError('notFound', `there is no local droplet called ${name}`)
  const url = values.url ?? config.publicUrl ?? `http://${config.host}:${config.port}`
  await cloud.installAgent(droplet.id, JSON.stringify({ url, enrol, host: name }))
  console.log(`The agent runs on ${name}; its first sample goes to ${url}.`)
})
