import type { CheckLine, StepLine, Tone } from '../../../core/model/view.ts'

/** Marks before lines; each says in shape, not in colour alone, what the words say too. */
export const TONE_MARKS: Readonly<Record<Tone, string>> = { info: 'ℹ️', good: '✅', warn: '⚠️', bad: '❌' }

export const STEP_MARKS: Readonly<Record<StepLine['state'], string>> = {
  todo: '○',
  doing: '⏳',
  done: '✅',
  failed: '❌',
}

export const MEMBER_MARKS = { working: '⏳', done: '✅', failed: '❌' } as const

export const CHECK_MARKS: Readonly<Record<CheckLine['state'], string>> = {
  ok: '✅',
  warn: '⚠️',
  failed: '❌',
  waiting: '⏳',
  skipped: '➖',
}

/** Which way the pool goes. */
export const WAY_MARKS = { out: '⏫', in: '⏬' } as const
