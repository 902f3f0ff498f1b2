import type { View } from '../../core/model/view.ts'
import type { Drawing } from '../upsert/platform.ts'
import { renderSlack, type SlackText } from './render/render.ts'

/** A view as drawn, without its picture, and in plain words: Slack refuses some. Its threads have no title. */
export function versionsOf(
  view: View,
  images: ReadonlyMap<string, string>,
  now: number,
): Pick<Drawing<SlackText>, 'versions' | 'details'> {
  const drawn = renderSlack(view, { now, images })
  const bare = images.size === 0 ? drawn : renderSlack(view, { now, images: new Map() })
  const everSimpler = (pick: (message: typeof drawn) => SlackText): readonly SlackText[] => {
    const full = [...new Set([drawn, bare])].map(pick)
    return [...full, { text: full.at(-1)!.text, blocks: [] }]
  }
  const { thread } = drawn
  return {
    versions: everSimpler(({ text, blocks }) => ({ text, blocks })),
    details: thread === null ? null : { title: '', versions: everSimpler((message) => message.thread ?? thread) },
  }
}
