import type { View } from '../core/model/view.ts'

/** Who sees the answer to a command: the person alone where it helps nobody else, or must not be seen by others. */
export function audience(view: View): 'person' | 'channel' {
  switch (view.kind) {
    case 'error':
    case 'help':
    case 'doctor':
      return 'person'
    case 'answer':
      return view.private === true ? 'person' : 'channel'
    default:
      return 'channel'
  }
}
