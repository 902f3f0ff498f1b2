import { parseArgs } from 'node:util'
import { readConfig } from '../config.ts'
import { createConsoleClient } from './console-client.ts'
import { runCommand } from './run-command.ts'

const HELP = `Types a line into a running Spinup's console and prints the answer.

  npm run chat -- "status"            any /spinup command
  npm run chat -- --name Ada "up 1"   as somebody

The bot is looked for at SPINUP_PUBLIC_URL, or SPINUP_HOST and SPINUP_PORT (http://127.0.0.1:8080).`

await runCommand(HELP, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { name: { type: 'string', default: 'cli' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help || positionals.length === 0) {
    console.log(HELP)
    return
  }
  const config = readConfig(process.env)
  const client = createConsoleClient(config.publicUrl ?? `http://${config.host}:${config.port}`, values.name)
  const { views, text } = await client.say(positionals.join(' '))
  if (text !== '') console.log(text)
  else console.log('Done; the channel tells how it goes.')
  if (views.some((view) => view.kind === 'error')) process.exitCode = 1
})
