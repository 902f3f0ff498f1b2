import type { ConnectView, StatusView, View } from '../../src/core/model/view.ts'
import { walkConnectPage, type PageChoices } from '../../src/demo/connect-page.ts'
import { until } from '../wait.ts'
import type { BotProcess, Site } from './bot-process.ts'

/** The newest card whose view satisfies `wanted`. */
export async function card<T extends View>(bot: BotProcess, wanted: (view: View) => view is T): Promise<T | null> {
  const { messages } = await bot.client.after(0)
  for (const message of messages.toReversed()) {
    if (message.kind === 'card' && wanted(message.card.view)) return message.card.view
  }
  return null
}

/** Types a line that must be taken; gives the views shown at once. */
export async function say(bot: BotProcess, text: string): Promise<readonly View[]> {
  const { views } = await bot.client.say(text)
  const refusal = views.find((view) => view.kind === 'error')
  if (refusal !== undefined) throw new Error(`${text}: ${refusal.message}`)
  return views
}

const isConnect = (view: View): view is ConnectView => view.kind === 'connect'

/** Walks the whole onboarding as a person would, of the origin or of `dropletId`; what is chosen on the page may differ. */
export async function connect(
  { cloud }: Pick<Site, 'cloud'>,
  bot: BotProcess,
  chosen: Partial<PageChoices> = {},
  { line = '/spinup connect', dropletId = cloud.originId } = {},
): Promise<void> {
  const origin = cloud.state.droplets.get(dropletId)
  const usual = {
    account: 'environment',
    droplet: origin?.name ?? '',
    balancer: 'builtin',
    port: cloud.appPort,
  } as const
  const install = await walkConnectPage(await connectLink(bot, line), { ...usual, ...chosen })
  await cloud.runInstallLine(install, dropletId)
  const at = (label: string, state: string): Promise<unknown> =>
    until(
      async () => (await card(bot, isConnect))?.steps.some((step) => step.label === label && step.state === state),
      { what: `${label}: ${state}`, timeoutMs: 60_000 },
    )
  await at('Take a snapshot', 'doing')
  await bot.client.press('run:/spinup connect snapshot')
  await at('Ready', 'done')
}

/** The link to the connect page that a line is answered with. */
export async function connectLink({ client }: BotProcess, line = '/spinup connect'): Promise<string> {
  const { text } = await client.say(line)
  const link = /https?:\S+\/connect\?link=[\w-]+/.exec(text)?.[0]
  if (link === undefined) throw new Error(text)
  return link
}

export async function status(bot: BotProcess): Promise<StatusView> {
  const { views } = await bot.client.say('/spinup status')
  const view = views.find((candidate) => candidate.kind === 'status')
  if (view === undefined) throw new Error(`no status: ${JSON.stringify(views)}`)
  return view
}

/** Waits until exactly `count` members are in service and none is on its way. */
export function settledAt(bot: BotProcess, count: number): Promise<StatusView> {
  return until(
    async () => {
      const view = await status(bot)
      if (view.members.length === count && view.members.every((member) => member.phase === 'inService')) return view
      const seen = view.members.map((member) => `${member.id} ${member.phase}`).join(', ')
      throw new Error(`${seen}. ${view.lastDecision?.reason}`)
    },
    { what: `${count} members in service`, timeoutMs: 120_000 },
  )
}

/** The last that the bot logged, for a wait that fails. */
export function said({ log }: BotProcess): string {
  return log
    .slice(-20)
    .map((line) => JSON.stringify(line))
    .join('\n')
}
