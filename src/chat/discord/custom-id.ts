import { createHash } from 'node:crypto'

const LONGEST = 100

/**
 * The custom id of the control that means `action`: the action itself where Discord takes it, else `~` and its SHA-256.
 * The sender of the message keeps what a shortened one means.
 */
export function customIdOf(action: string): string {
  if (action !== '' && action.length <= LONGEST && !action.startsWith('~')) return action
  return `~${createHash('sha256').update(action).digest('base64url')}`
}

/** Whether the action has to be looked up. */
export function isShortened(customId: string): boolean {
  return customId.startsWith('~')
}
