import { SpinupError } from '../core/model/error.ts'
import type { SlackConfig } from './config.ts'
import type { Variables } from './variables.ts'

/** A way in (a token, or an app to install) and a way to hear (a socket, or signed requests) are both needed. */
export function slackOf(value: Variables): SlackConfig | null {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = value
  const { SLACK_CLIENT_ID: clientId, SLACK_CLIENT_SECRET: clientSecret } = value
  const wayIn = botToken ?? clientId
  const wayToHear = appToken ?? signingSecret
  if (wayIn === undefined && wayToHear === undefined) return null
  if (wayIn === undefined) {
    throw new SpinupError(
      'configuration',
      'Wrong configuration. Slack needs SLACK_BOT_TOKEN as well, or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET to let workspaces install the app.',
    )
  }
  if (wayToHear === undefined) {
    throw new SpinupError(
      'configuration',
      'Wrong configuration. Slack needs SLACK_APP_TOKEN as well (Socket Mode), or SLACK_SIGNING_SECRET (requests to /slack/events).',
    )
  }
  return {
    apiUrl: value.SLACK_API_URL ?? null,
    botToken: botToken ?? null,
    appToken: appToken ?? null,
    signingSecret: signingSecret ?? null,
    clientId: clientId ?? null,
    clientSecret: clientSecret ?? null,
  }
}
