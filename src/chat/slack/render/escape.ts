import { clean } from '../../../core/model/clean.ts'
import { clip } from '../../../core/model/letters.ts'

/** A name, reason or detail from outside as one literal line of at most `most` UTF-16 units. */
export function line(text: string, most: number): string {
  return clip(
    clean(text)
      .replaceAll(/\s*\n\s*/g, ' ')
      .trim(),
    most,
  )
}

/** Words that may have several lines, at most `most` UTF-16 units. */
export function lines(text: string, most: number): string {
  return clip(
    clean(text)
      .replaceAll(/\n{3,}/g, '\n\n')
      .trim(),
    most,
  )
}

/**
 * Text made literal in Slack's mrkdwn. The three control characters become entities, so no mention or link can be
 * written; Slack has no escape for the rest, so a soft hyphen, which nobody sees, keeps a mark from being one.
 * Web addresses stay as they are, or they would lead elsewhere.
 */
export function mrkdwn(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>"'`|]+)/)
    .map((part, index) => (index % 2 === 1 ? entities(part) : inert(part)))
    .join('')
}

/** Slack's three control characters as entities. */
function entities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

const SHY = '\u00AD'

function inert(text: string): string {
  const marked = text
    // A mark between two letters (`queue_depth`) is none.
    .replaceAll(/(?<![\p{L}\p{N}])[*_~`]|[*_~`](?![\p{L}\p{N}])/gu, (mark) => `${SHY}${mark}${SHY}`)
    .replaceAll(/:(?=[\p{L}\p{N}_+'-]+:)/gu, `:${SHY}`)
    .replaceAll(/@(?=here\b|channel\b|everyone\b)/gi, `@${SHY}`)
    .replaceAll(/^(?=\s*[>＞])/gm, SHY)
  return entities(marked)
}
