import { join } from 'node:path'
import { renderDiscord } from '../../../../src/chat/discord/render/compose.ts'
import { NOW, type Case } from './cases.ts'

/** What a golden file holds. */
export function drawn({ view, images }: Case): unknown {
  const { longActions, ...message } = renderDiscord(view, { now: NOW, images })
  return {
    ...message,
    longActions: Object.fromEntries([...longActions].map(([id, action]) => [id, action.slice(0, 60)])),
  }
}

export function goldenPath(name: string): string {
  return join(import.meta.dirname, 'goldens', `${name}.golden.json`)
}
