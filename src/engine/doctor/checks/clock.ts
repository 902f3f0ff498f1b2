import { SET_BY_NETWORK, wordsOfClocks } from '../../../core/alarms/clocks.ts'
import type { ClockTrouble } from '../../../core/model/agent-about.ts'
import { duration } from '../../../core/model/words.ts'
import { failed, ok, skipped, warn, type Check } from '../check.ts'

/** A time that tells nobody's clock apart: the header has whole seconds, and answers are on their way for a while. */
const CLOSE_MS = 2000
/** From here on signatures and tokens are refused. */
const FAR_MS = 60_000

/** This machine's clock against that of a service, by the `Date` of its answers; `source` null: there is none to ask. */
export function clockCheck(source: { readonly name: string; readonly url: string } | null, now: () => number): Check {
  const name = 'Clock'
  return {
    name,
    fix: 'Check whether this machine reaches the internet.',
    run: async (signal) => {
      if (source === null) return skipped(name, 'there is no service outside to compare it with')
      const before = now()
      const response = await fetch(source.url, { method: 'HEAD', redirect: 'manual', signal }).catch(() => null)
      const after = now()
      await response?.body?.cancel()
      const theirs = Date.parse(response?.headers.get('date') ?? '')
      if (response === null)
        return skipped(name, `${source.name} is unreachable, so there is nothing to compare it with`)
      if (Number.isNaN(theirs)) return skipped(name, `${source.name} does not say what time it is`)
      // What it was there when it answered is somewhere in that second.
      const aheadMs = before > theirs + 1000 ? before - theirs - 1000 : after < theirs ? after - theirs : 0
      const off = Math.abs(aheadMs)
      if (off < CLOSE_MS) return ok(name, `agrees with ${source.name}’s`)
      const detail = `${duration(off)} ${aheadMs < 0 ? 'behind' : 'ahead of'} ${source.name}’s`
      const fix = SET_BY_NETWORK
      return off < FAR_MS ? warn(name, detail, fix) : failed(name, detail, fix)
    },
  }
}

/** The clocks of the bots' machines against that of Redis, by which all of them go. */
export function clocksCheck(trouble: () => ClockTrouble): Check {
  const name = 'Clocks of the bots and Redis'
  return {
    name,
    fix: SET_BY_NETWORK,
    run: async () => {
      const words = wordsOfClocks(trouble())
      return words === null ? ok(name, 'agree') : warn(name, words.text, SET_BY_NETWORK)
    },
  }
}
