const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** What ends a text that was cut. */
const MORE = '…'

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

/** At most `most` UTF-16 units, cut between letters as people see them. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text
  // Only the beginning is looked at: segmenting a megabyte takes a second. A letter longer than that is a trick.
  const head = text.slice(0, most + 64)
  let end = 0
  for (const { index, segment } of GRAPHEMES.segment(head)) {
    if (index + segment.length > most - MORE.length) break
    end = index + segment.length
  }
  return (text.slice(0, end).trimEnd() || '').concat(most > 0 ? MORE : '')
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
export function entities(text: string): string {
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

/** Without what is not to be read: control characters, halves of letters, and what turns the reading direction. */
function clean(text: string): string {
  return (
    text
      .toWellFormed()
      .replaceAll(/\r\n?|[\u2028\u2029]/g, '\n')
      .replaceAll('\t', ' ')
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, '')
  )
}
