import type { RequestListener } from 'node:http'
import { HTTPReceiver, type App, type webApi } from '@slack/bolt'
import type { Logger } from 'pino'
import { messageOf } from '../../core/model/error.ts'
import {
  EVENTS_PATH,
  INSTALL_PATH,
  REDIRECT_PATH,
  REQUIRED_SCOPES,
  WISHED_SCOPES,
  type Installations,
  type SlackOptions,
} from './options.ts'
import type { SdkLogger } from './sdk-logger.ts'
import type { Renewer } from './teams.ts'

/** What Slack and browsers reach by HTTP: signed requests, and the pages that install the app. */
export interface Web {
  init(app: App): void
  readonly listener: RequestListener
  /** null: other workspaces cannot install the app. */
  readonly installer: Renewer | null
  /** When a request with a good signature last came, epoch ms; null: none yet. */
  readonly receivedAt: number | null
}

export function createWeb(parts: {
  readonly options: SlackOptions
  /** What install pages sign their state with; kept, so that a restart in between does no harm. */
  readonly stateSecret: string
  readonly installations: Installations
  readonly clientOptions: webApi.WebClientOptions
  readonly logger: SdkLogger
  readonly log: Logger
  readonly failed: (error: unknown) => void
}): Web {
  const { options, installations, clientOptions, logger, log, failed } = parts
  const { clientId, clientSecret, signingSecret, appToken, apiUrl } = options.settings
  // With a socket nothing is taken by HTTP: one way in is enough.
  const hears = appToken === null && signingSecret !== null
  let receivedAt: number | null = null
  const receiver = new HTTPReceiver({
    signingSecret: signingSecret ?? '',
    signatureVerification: hears,
    endpoints: hears ? [EVENTS_PATH] : [],
    logger,
    customPropertiesExtractor: ({ headers }) => {
      receivedAt = options.now()
      return { sentAt: headers['x-slack-request-timestamp'] }
    },
    processEventErrorHandler: async ({ error, response }) => {
      failed(error)
      return !response.headersSent
    },
    ...(clientId === null || clientSecret === null
      ? {}
      : {
          clientId,
          clientSecret,
          stateSecret: parts.stateSecret,
          redirectUri: `${options.publicUrl}${REDIRECT_PATH}`,
          scopes: [...REQUIRED_SCOPES, ...WISHED_SCOPES],
          installationStore: installations,
          installerOptions: {
            clientOptions,
            directInstall: true,
            installPath: INSTALL_PATH,
            redirectUriPath: REDIRECT_PATH,
            ...(apiUrl === null ? {} : { authorizationUrl: new URL('/oauth/v2/authorize', apiUrl).href }),
            callbackOptions: {
              success: (installation, _options, _request, response) => {
                log.info({ team: installation.team?.id }, 'a workspace installed Spinup in Slack')
                page(response, 200, 'Spinup is installed', 'Go back to Slack and type /spinup status in a channel.')
              },
              failure: (_error, _options, _request, response) =>
                page(response, 400, 'Spinup was not installed', `Nothing was changed. Start again at ${INSTALL_PATH}.`),
            },
          },
        }),
  })
  return {
    init: (app) => receiver.init(app),
    installer: receiver.installer ?? null,
    get receivedAt() {
      return receivedAt
    },
    listener: (request, response) => {
      try {
        receiver.requestListener(request, response)
      } catch (error) {
        log.debug({ reason: messageOf(error) }, 'a request to the Slack routes was refused')
        page(response, 404, 'There is nothing here', 'Slack’s requests go to /slack/events.')
      }
    },
  }
}

function page(response: Parameters<RequestListener>[1], status: number, title: string, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  })
  response.end(
    `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>` +
      `<body style="font:16px/1.5 system-ui;max-width:32em;margin:15vh auto;padding:0 1em"><h1>${title}</h1><p>${text}</p>`,
  )
}
