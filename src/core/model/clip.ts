const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** What ends a text that was cut. */
const MORE = '…'

/** At most `most` UTF-16 units, cut between letters as people see them. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text
  if (most <= 0) return ''
  // Only the beginning is looked at: segmenting a megabyte takes a second. A letter longer than that is a trick.
  let end = 0
  for (const { index, segment } of GRAPHEMES.segment(text.slice(0, most + 64))) {
    if (index + segment.length > most - MORE.length) break
    end = index + segment.length
  }
  return text.slice(0, end).trimEnd() + MORE
}
