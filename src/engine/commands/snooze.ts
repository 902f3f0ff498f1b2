import type { Asker } from '../../core/model/place.ts'
import type { Request } from '../../core/model/request.ts'
import { timeOfDay } from '../../core/model/time-of-day.ts'
import { timeZoneOf } from '../../core/model/time-zone.ts'
import type { View } from '../../core/model/view.ts'
import type { Services } from '../services.ts'
import { answer } from './answer.ts'

const TO_NOTIFY = { action: 'run:/spinup notify', label: 'What it is told', style: 'plain' } as const

/** Spares the asker's channel for a while, or no longer. `timeZone`: the team's, where the channel has none of its own. */
export async function snooze(
  services: Services,
  request: Extract<Request, { kind: 'snooze' }>,
  { place }: Asker,
  timeZone: string,
): Promise<readonly View[]> {
  const now = services.now()
  const before = await services.notices.settings(place)
  if (before === 'always') {
    const text = 'It always shows everything, and rings for nobody. Type this in a channel of Slack or Discord instead.'
    return [answer('info', 'The console can not be snoozed', text)]
  }
  if (before === null || before.level === 'off') {
    return [answer('info', 'This channel is told nothing', 'There is nothing to snooze.', [TO_NOTIFY])]
  }
  if (request.forMs === null) {
    await services.notices.change(place, (channel) => (channel === null ? null : { ...channel, snooze: null }))
    if (before.snooze === null || before.snooze.until <= now) {
      return [answer('info', 'This channel is not snoozed', 'Nothing was changed.', [TO_NOTIFY])]
    }
    return [answer('good', 'This channel is awake again', 'What happened meanwhile comes as one digest.', [TO_NOTIFY])]
  }
  const until = now + request.forMs
  await services.notices.change(place, (channel) => {
    if (channel === null) return null
    // Snoozed for longer is one snooze, and one digest.
    const from = channel.snooze !== null && channel.snooze.until > now ? channel.snooze.from : now
    return { ...channel, snooze: { from, until } }
  })
  const zone = timeZoneOf(before.timeZone ?? timeZone)
  const text =
    'What happens until then comes as one digest at its end. Questions and bad news still come at once, and cards that are here already go on changing.'
  return [
    answer('good', `Snoozed until ${timeOfDay(until, now, zone)}`, text, [
      { action: 'run:/spinup snooze off', label: 'End it', style: 'plain' },
    ]),
  ]
}
