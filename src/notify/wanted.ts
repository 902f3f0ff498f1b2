import type { Card } from '../core/cards/card.ts'
import type { NotifyLevel } from '../core/model/notify-level.ts'

/** Whether a channel of that level is told of it. */
export function wanted(level: NotifyLevel, { urgency }: Card): boolean {
  switch (level) {
    case 'all':
      return true
    case 'changes':
      return urgency !== 'detail'
    case 'trouble':
      return urgency === 'trouble'
    case 'off':
      return false
  }
}
