import { z } from 'zod'
import { secret, url } from '../../config/values.ts'
import type { ChatEntry } from '../entry.ts'
import type { SlackSettings } from './options.ts'

const onBasicPage = (what: string) => secret(`${what} on the app’s page “Basic Information”`).optional()

/** A way in (a token, or an app to install) and a way to hear (a socket, or signed requests) are both needed. */
const environment = z
  .object({
    SLACK_BOT_TOKEN: z
      .string()
      .regex(/^xoxb-\S+$/, 'a bot token, which begins with xoxb-')
      .optional()
      .meta({ about: 'Of the app in your workspace: docs/slack.md', example: 'xoxb-…' }),
    SLACK_APP_TOKEN: z
      .string()
      .regex(/^xapp-\S+$/, 'an app-level token with connections:write, which begins with xapp-')
      .optional()
      .meta({ about: 'Socket Mode: Slack needs no way in.', example: 'xapp-…' }),
    SLACK_SIGNING_SECRET: onBasicPage('the signing secret').meta({
      about: 'Signed requests to /slack/events, in place of the app token.',
      example: '',
    }),
    SLACK_CLIENT_ID: onBasicPage('the client id').meta({
      about: 'Lets other workspaces install the app.',
      example: '',
    }),
    SLACK_CLIENT_SECRET: onBasicPage('the client secret').meta({ about: 'Its secret.', example: '' }),
    SLACK_PARTNERS: z.enum(['none', 'read'], 'none or read').default('none').meta({
      about: 'What people of other companies may do in channels shared with them: none, or read.',
      example: 'none',
    }),
    SLACK_API_URL: url('a URL such as https://slack.com/api')
      .optional()
      .meta({ about: 'Its API, for a stand-in.', example: 'https://slack.com/api' }),
  })
  .transform((value, context): SlackSettings | null => {
    const { SLACK_BOT_TOKEN: botToken = null, SLACK_APP_TOKEN: appToken = null } = value
    const { SLACK_SIGNING_SECRET: signingSecret = null, SLACK_API_URL: apiUrl = null } = value
    const { SLACK_PARTNERS: partners } = value
    const { SLACK_CLIENT_ID: clientId = null, SLACK_CLIENT_SECRET: clientSecret = null } = value
    const wayIn = botToken ?? clientId
    const wayToHear = appToken ?? signingSecret
    const missing: readonly (readonly [isMissing: boolean, words: string])[] = [
      [clientId !== null && clientSecret === null, 'SLACK_CLIENT_ID is set, and needs SLACK_CLIENT_SECRET as well'],
      [clientSecret !== null && clientId === null, 'SLACK_CLIENT_SECRET is set, and needs SLACK_CLIENT_ID as well'],
      [
        wayIn === null && wayToHear !== null,
        'Slack needs SLACK_BOT_TOKEN as well, or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET to let workspaces install the app',
      ],
      [
        wayIn !== null && wayToHear === null,
        'Slack needs SLACK_APP_TOKEN as well (Socket Mode), or SLACK_SIGNING_SECRET (requests to /slack/events)',
      ],
    ]
    const first = missing.find(([isMissing]) => isMissing)
    if (first !== undefined) context.addIssue({ code: 'custom', message: first[1] })
    return wayIn === null ? null : { apiUrl, botToken, appToken, signingSecret, clientId, clientSecret, partners }
  })

/** Slack, where its token is set. */
export const SLACK: ChatEntry<SlackSettings> = {
  name: 'slack',
  label: 'Slack',
  variable: 'SLACK_BOT_TOKEN',
  environment,
  // About one message a second and channel, and short bursts.
  pace: { everyMs: 1000, burst: 3, newCard: 2 },
  people: {
    takes: 'slack:U… or slack:S… (a user group)',
    // `<@U061F7AUR>`, `<!subteam^S0614TZR7|@ops>`
    mentioned: (word) => /^<(?:@(?=[UW])|!subteam\^)(\w+)(?:\|[^>]*)?>$/.exec(word)?.[1] ?? null,
    idOf: (text) => /^[USW][A-Z0-9]{2,20}$/.exec(text.toUpperCase())?.[0] ?? null,
    isPerson: (id) => /^[UW]/.test(id),
  },
  open: async (settings, around) => {
    const { createSlackChat } = await import('./chat.ts')
    return createSlackChat({ settings, ...around })
  },
}
