import { z } from 'zod'
import type { AgentAbout } from '../core/model/agent-about.ts'

const list = z.array(z.string()).catch([])
const refusedStats = z.array(z.object({ stat: z.string(), why: z.string() })).catch([])

/** The fields that the ledger keeps of a member → what they say of its agent; null when it never reported. `now` by Redis' clock, epoch ms. */
export function aboutAgent(fields: Readonly<Record<string, string>>, now: number): AgentAbout | null {
  const { boot, host, version, heardAt, clockAheadMs, via, notes, refused, refusedAt, rival, rivalHost, rivalAt } =
    fields
  if (boot === undefined && refused === undefined) return null
  // A time ahead is from before the clock was set back: as it was kept then, it says nothing of this moment.
  const ago = (at: string | undefined): number => Math.abs(now - Number(at ?? 0))
  return {
    run: { boot: boot ?? '', host: host ?? '' },
    version: version || null,
    reportedAgoMs: ago(heardAt),
    ...(via === undefined || via === '' ? {} : { via }),
    clockAheadMs: Number(clockAheadMs ?? 0),
    notes: list.parse(json(notes)),
    refused: refused === undefined ? null : { stats: refusedStats.parse(json(refused)), agoMs: ago(refusedAt) },
    // One that has been given its place back is nobody's rival.
    rival: rival === undefined || rival === boot ? null : { boot: rival, host: rivalHost ?? '', agoMs: ago(rivalAt) },
  }
}

function json(text: string | undefined): unknown {
  // The usual case, and an error is dear.
  if (text === undefined || text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
