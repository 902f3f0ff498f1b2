import type { ConsoleClient } from '../cli/console-client.ts'
import { SpinupError } from '../core/model/error.ts'
import type { ConnectView, View } from '../core/model/view.ts'
import type { DemoBot } from './bot.ts'
import type { Watch } from './watch.ts'

/** Connects the droplet as a person would: by the link, the page, the install line and the snapshot. */
export async function connect(
  { cloud }: DemoBot,
  client: ConsoleClient,
  seen: Watch,
  say: (line: string) => void,
): Promise<void> {
  const at = (label: string, state: string): Promise<ConnectView> => {
    const isAt = (view: View): view is ConnectView =>
      view.kind === 'connect' && view.steps.some((step) => step.label === label && step.state === state)
    return seen.until(`“${label}” to be ${state}`, 120_000, () => seen.card(isAt))
  }
  await cloud.connect(await type(client, 'connect', say), say)
  await at('Take a snapshot', 'doing')
  say('The agent’s first sample has arrived; now the snapshot.')
  await client.press('run:/spinup connect snapshot')
  await at('Ready', 'done')
  say('Connected.')
}

/** Types a line that must be taken; gives what is answered at once. */
export async function type(client: ConsoleClient, line: string, say: (line: string) => void): Promise<string> {
  say(`> /spinup ${line}`)
  const { views, text } = await client.say(`/spinup ${line}`)
  const refusal: View | undefined = views.find((view) => view.kind === 'error')
  if (refusal !== undefined) throw new SpinupError('badInput', `/spinup ${line}: ${refusal.message}`)
  return text
}
