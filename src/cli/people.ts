import { givenEnvironment } from '../config/env-file.ts'
import { readConfig } from '../config/read-config.ts'
import { addressHere } from '../core/model/address.ts'
import { SpinupError } from '../core/model/error.ts'
import { createConsoleClient } from './console-client.ts'
import { runCommand } from './run-command.ts'

const HELP = `Says who may sign in to a running Spinup's console beside the one who has its password.

  npm run people -- invite Dana    prints a link that works once, for a day
  npm run people -- list
  npm run people -- remove Dana    ends Dana's password and sign-ins

The bot is looked for at SPINUP_PUBLIC_URL, or SPINUP_HOST and SPINUP_PORT; SPINUP_CONSOLE_PASSWORD has to be set.`

await runCommand({ help: HELP, words: 'needed' }, async ({ positionals: [what, ...words] }) => {
  const name = words.join(' ')
  if (what === undefined || !['invite', 'list', 'remove'].includes(what) || (what !== 'list' && name === '')) {
    throw new SpinupError('configuration', 'it takes invite NAME, list, or remove NAME. --help says more.')
  }
  const { publicUrl, host, port, consolePassword } = readConfig(givenEnvironment(process.env).env)
  if (consolePassword === null) {
    throw new SpinupError(
      'configuration',
      'This console has no password, so nobody signs in: set SPINUP_CONSOLE_PASSWORD.',
    )
  }
  const { people } = createConsoleClient(publicUrl ?? addressHere(host, port), 'cli', consolePassword)
  if (what === 'invite') {
    const { url } = await people.invite(name)
    console.log(`${url}\nIt works once, for a day: send it to ${name} alone.`)
  } else if (what === 'remove') {
    await people.remove(name)
    console.log(`${name} is signed out and cannot sign in again.`)
  } else {
    const names = await people.list()
    console.log(names.length === 0 ? 'Nobody was invited.' : names.join('\n'))
  }
})
