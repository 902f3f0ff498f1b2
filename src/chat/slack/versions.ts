import type { View } from '../../core/model/view.ts'
import { renderSlack, type SlackMessage, type SlackText } from './render/render.ts'

/** A view as drawn, without its picture, and in plain words: Slack refuses some. */
export function versionsOf(view: View, images: ReadonlyMap<string, string>, now: number): readonly SlackMessage[] {
  const drawn = renderSlack(view, { now, images })
  const bare = images.size === 0 ? drawn : renderSlack(view, { now, images: new Map() })
  const words = ({ text }: SlackText): SlackText => ({ text, blocks: [] })
  const plain = { ...words(bare), thread: bare.thread === null ? null : words(bare.thread) }
  return images.size === 0 ? [drawn, plain] : [drawn, bare, plain]
}

/** What stands in the thread below them. */
export function detailsOf(versions: readonly SlackMessage[]): readonly SlackText[] {
  return versions.map(({ thread }) => thread).filter((thread) => thread !== null)
}
