import { plain } from '../chat/console/plain.ts'
import { givenEnvironment } from '../config/env-file.ts'
import { readConfig } from '../config/read-config.ts'
import { createConsoleClient, type ConsoleClient } from './console-client.ts'
import { runCommand } from './run-command.ts'
import { addressHere } from '../core/model/address.ts'

const HELP = `Types a line into a running Spinup's console and prints the answer.

  npm run chat -- "status"            any /spinup command
  npm run chat -- --name Ada "up 1"   as somebody

The bot is looked for at SPINUP_PUBLIC_URL, or SPINUP_HOST and SPINUP_PORT (http://127.0.0.1:8080).`

/** A card follows within about half a second. */
const CARD_WAIT_MS = 3000

const options = { name: { type: 'string', default: 'cli' } } as const

await runCommand({ help: HELP, options, words: 'needed' }, async ({ values, positionals }) => {
  const config = readConfig(givenEnvironment(process.env).env)
  const client = createConsoleClient(
    config.publicUrl ?? addressHere(config.host, config.port),
    values.name,
    config.consolePassword,
  )
  const { cursor } = await client.after(0)
  const { views, text } = await client.say(positionals.join(' '))
  console.log(text !== '' ? text : await answerTo(client, cursor))
  if (views.some((view) => view.kind === 'error')) process.exitCode = 1
})

/** What goes on is shown by its own card, a moment later. */
async function answerTo(client: ConsoleClient, cursor: number): Promise<string> {
  const deadline = Date.now() + CARD_WAIT_MS
  while (Date.now() < deadline) {
    const { messages } = await client.after(cursor)
    const cards = messages.filter((message) => message.kind === 'card')
    if (cards.length > 0) return cards.map(({ card }) => plain(card.view, Date.now())).join('\n\n')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return 'Done; the channel shows the progress.'
}
