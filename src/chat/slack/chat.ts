import { randomBytes } from 'node:crypto'
import { App, type Receiver } from '@slack/bolt'
import { SpinupError } from '../../core/model/error.ts'
import type { Chat, ChatHandlers } from '../chat.ts'
import { createCardUpsert } from '../upsert/card-upsert.ts'
import { createAnswers, type Respond } from './answers.ts'
import { createCards, readDestination } from './cards.ts'
import { checkUp } from './check-up.ts'
import { chatFailure } from './failure.ts'
import { createHomePages } from './home-pages.ts'
import { createInstallations, type SlackOptions } from './options.ts'
import { createLateness } from './lateness.ts'
import { listen } from './listeners.ts'
import { createNetwork, type Network } from './network.ts'
import { createPeople } from './people.ts'
import { createPictures } from './pictures.ts'
import { createScrubber, createSdkLogger } from './sdk-logger.ts'
import { createSockets } from './sockets.ts'
import { createTeams } from './teams.ts'
import { createWeb } from './web.ts'

/** Slack: through a socket, or signed requests; in its own workspace, and in those that installed the app. Nothing is connected before `start`. */
export async function createSlackChat(options: SlackOptions): Promise<Chat> {
  const { settings, now, home, vault } = options
  const log = options.log.child({ chat: 'slack' })
  const scrub = createScrubber([settings.botToken, settings.appToken, settings.signingSecret, settings.clientSecret])
  const logger = createSdkLogger(log, scrub)
  const network = createNetwork(settings.apiUrl, logger, now)
  const { clientOptions, clock } = network
  const failed = (error: unknown): void =>
    log.error({ reason: scrub(chatFailure(error, 'take something in').message) }, 'something from Slack was lost')

  const installations = createInstallations(vault, async (team) => {
    if (settings.botToken === null) await home.claim(team)
  })
  const web = createWeb({
    options,
    stateSecret: await obtainStateSecret(vault),
    installations,
    clientOptions,
    logger,
    log,
    failed,
  })
  const sockets =
    settings.appToken === null
      ? null
      : createSockets({ appToken: settings.appToken, clientOptions, logger, log, failed })
  const lateness = createLateness(clock, now)
  const teams = createTeams({ options, installations, renewer: web.installer, clientOptions, log })
  const people = createPeople({ teams, partners: settings.partners, now, log })
  const pictures = createPictures(options.charts, network, log)
  const answers = createAnswers({ teams, pictures, now, log })
  const show = createCardUpsert(createCards({ teams, pictures, now, log }), { shown: options.shown, now, log })

  let handlers: ChatHandlers | null = null
  let onEnd: Parameters<Chat['start']>[1]
  const ready = (): ChatHandlers => {
    if (handlers === null) throw new SpinupError('unavailable', 'Spinup is still starting; try again in a moment.')
    return handlers
  }
  const receiver: Receiver = {
    init: (app) => {
      web.init(app)
      sockets?.init(app)
    },
    start: async () => sockets?.start(onEnd),
    stop: async () => sockets?.stop(),
  }
  const app = new App({
    receiver,
    logger,
    clientOptions,
    // Nothing may come before the acknowledgement, so tokens are fetched afterwards, by team.
    authorize: async () => ({}),
    convoStore: false,
  })
  const homePages = createHomePages({ handlers: ready, teams, people, now, log })
  const respondTo = (url: string): Respond => responder(network, url)
  listen(app, {
    handlers: ready,
    teams,
    people,
    answers,
    homePages,
    respondTo,
    seenEvents: options.seenEvents,
    manners: options.manners,
    lateness,
    moved: options.moved,
    now,
    log,
  })

  return {
    platform: 'slack',
    start: async (given, ended) => {
      handlers = given
      onEnd = ended
      await teams.own()
      await app.start()
      options.chatRoutes.open('slack', web.listener)
    },
    show: (channel, card) =>
      show(channel, card).catch(async (error: unknown) => {
        // The bot may have been down while a workspace took the app out.
        const closed = error instanceof SpinupError && error.code === 'unauthorised'
        if (closed) await teams.forgetIfDead(readDestination(channel).team).catch(() => undefined)
        throw error
      }),
    checkUp: (channel) => checkUp({ options, teams, pictures, sockets, web, clock }, channel),
    stop: async () => {
      lateness.stop()
      await app.stop()
    },
  }
}

/** Kept, so that a person who is at Slack's consent page while the bot restarts can still come back. */
async function obtainStateSecret(vault: SlackOptions['vault']): Promise<string> {
  const entry = 'slack:state-secret'
  const kept = await vault.get(entry)
  if (kept !== null) return kept
  const made = randomBytes(32).toString('hex')
  await vault.put(entry, made)
  return made
}

function responder({ fetch }: Network, url: string): Respond {
  return async (message) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
    })
    if (!response.ok) throw new SpinupError('chatFailed', `Slack answered ${response.status}.`)
  }
}
