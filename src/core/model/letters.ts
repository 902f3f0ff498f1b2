/** What ends a text that was cut. */
const MORE = '…'
/** An isolate begins (FSI) and ends (PDI). */
const OPENS = '\u2068'
const CLOSES = '\u2069'

/** Made when needed: a thread's first one takes 20 ms. */
let segmenter: Intl.Segmenter | null = null

/** The letters of `text` as people see them: an emoji of several code points is one, and so is a letter with its marks. */
export function letters(text: string): readonly string[] {
  if (/^[\x20-\x7E]*$/.test(text)) return [...text]
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

/** At most `most` UTF-16 units from the beginning, cut between letters as people see them. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  // Only the beginning is looked at: segmenting a megabyte takes a second. A letter longer than that is a trick.
  let end = 0
  for (const letter of letters(text.slice(0, Math.max(0, most) + 64))) {
    if (end + letter.length > most) break
    end += letter.length
  }
  return text.slice(0, end)
}

/** The same with an ellipsis where something is missing. An isolate that was cut is closed. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text
  if (most <= 0) return ''
  const kept = cut(text, most - MORE.length)
  if (kept.lastIndexOf(OPENS) <= kept.lastIndexOf(CLOSES)) return kept.trimEnd() + MORE
  return cut(text, Math.max(0, most - MORE.length - CLOSES.length)).trimEnd() + MORE + CLOSES
}
