import type { Chat } from '../../../chat/chat.ts'
import type { Place } from '../../../core/model/place.ts'
import { capital } from '../../../core/model/words.ts'
import { skipped, type Check } from '../check.ts'

/** Longer than a platform's own checks take together. */
const DEADLINE_MS = 75_000

/** Each chat by what it says of itself, about the channel that was asked from where that is one of its own. */
export function chatChecks(chats: readonly Chat[], place: Place | null): readonly Check[] {
  return chats.flatMap((chat): readonly Check[] => {
    const { platform, checkUp } = chat
    if (checkUp === undefined) return []
    const name = chat.label ?? capital(platform)
    return [
      {
        name,
        fix: `Check whether this machine reaches ${name}.`,
        deadlineMs: DEADLINE_MS,
        run: () => checkUp.call(chat, place?.platform === platform ? place.channel : null),
      },
    ]
  })
}

/** A platform that this bot is not set up for; `variable` would. */
export function absentChat(name: string, variable: string): Check {
  return { name, fix: '', run: async () => skipped(name, `${variable} is not set`) }
}
