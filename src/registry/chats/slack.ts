import { SpinupError } from '../../core/model/error.ts'
import { mannersOf } from '../../commands/dispatch/line.ts'
import type { ChatEntry } from '../entry.ts'

/** Slack, where its token is set. */
export const SLACK: ChatEntry = {
  name: 'slack',
  variable: 'SLACK_BOT_TOKEN',
  offered: ({ slack }) => slack !== null,
  open: async ({ config, ...surroundings }) => {
    const { createSlackChat } = await import('../../chat/slack/chat.ts')
    const { slack } = config
    if (slack === null) throw new SpinupError('configuration', 'Slack needs SLACK_BOT_TOKEN, or a client id.')
    return createSlackChat({ settings: slack, ...surroundings, manners: mannersOf })
  },
}
