import { ELSEWHERE } from './elsewhere.ts'
import { MEMBERS } from './members.ts'
import type { Situation } from './situation.ts'
import { VISITORS } from './visitors.ts'
import { WITNESSES } from './witnesses.ts'

/** What pools meet in addition to more and fewer visitors; each an hour or two. */
export const SITUATIONS: readonly Situation[] = [...VISITORS, ...ELSEWHERE, ...MEMBERS, ...WITNESSES]
