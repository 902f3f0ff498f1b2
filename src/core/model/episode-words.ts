import type { EpisodeView, ProposalState } from './view.ts'
import { duration } from './words.ts'

/** What became of the question, before the names of those who answered. */
export const ANSWERS: Readonly<Record<ProposalState, string>> = {
  open: 'waiting for an answer',
  approved: 'approved',
  denied: 'denied',
  expired: 'nobody answered in time',
  superseded: 'no longer needed',
}

/** How far it is: `1 of 2 in service`; once it has ended, how many made it. */
export function progressWords({ direction, members }: EpisodeView): string {
  const done = members.filter(({ state }) => state === 'done').length
  return `${done} of ${members.length} ${direction === 'out' ? 'in service' : 'gone'}`
}

/** `seen 3 s before it began`; empty where a person asked, and where it was acted on at once. */
export function detectedWords({ detectedAt, startedAt }: EpisodeView): string {
  if (detectedAt === null || startedAt - detectedAt < 1000) return ''
  return `seen ${duration(startedAt - detectedAt)} before it began`
}

/** `approved by Ada and Grace`; empty where nobody was asked. */
export function approvalWords({ approval }: EpisodeView): string {
  if (approval === null) return ''
  const by = approval.by.length === 0 ? '' : ` by ${allOf(approval.by.map(({ name }) => name))}`
  return approval.state === 'expired' ? (approval.note ?? ANSWERS.expired) : `${ANSWERS[approval.state]}${by}`
}

/** `Ada, Grace and Linus`. */
export function allOf(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`
}
