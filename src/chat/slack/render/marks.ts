import type { StepLine } from '../../../core/model/view.ts'

export const STEP_MARKS: Readonly<Record<StepLine['state'], string>> = {
  todo: '○',
  doing: '⏳',
  done: '✅',
  failed: '❌',
}

export const MEMBER_MARKS = { working: '⏳', done: '✅', failed: '❌' } as const
