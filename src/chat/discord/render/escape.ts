import { clean } from '../../../core/model/clean.ts'
import { clip } from '../../../core/model/letters.ts'

/** Nobody sees it; it keeps what stands around it from being one word. */
const GAP = '\u200B'

/** A name, reason or detail from outside as one line, for places where Discord reads no markdown: labels, alt texts. */
export function bare(text: string, most: number): string {
  return clip(
    start(text, most)
      .replaceAll(/\s*\n\s*/g, ' ')
      .trim(),
    most,
  )
}

/** The same, literal in markdown: no formatting, mention, link, emoji or time comes of it. At most four times as long. */
export function escape(text: string, most = 160): string {
  return literal(bare(text, most))
}

/**
 * Sentences as literal lines; `…` around plain words stays code. With `links`, web addresses can be followed: only for
 * what nobody but Spinup wrote.
 */
export function prose(text: string, most = 900, links = false): readonly string[] {
  const lines = clip(start(text, most).trim(), most).split(/\s*\n\s*/)
  return lines.filter((line) => line !== '').map((line) => spans(line, links))
}

function spans(line: string, links: boolean): string {
  return line
    .split(links ? /(`[\w ./:=-]{1,80}`|https?:\/\/[\w./:?#&=%~+-]*[\w/])/ : /(`[\w ./:=-]{1,80}`)/)
    .map((part, index) => (index % 2 === 0 ? literal(part, index === 0) : part.startsWith('`') ? part : `<${part}>`))
    .join('')
}

/** Text to be typed or copied as it is: inline code. */
export function code(text: string, most = 160): string {
  const line = bare(text, most)
  // Discord's inline code has no escape for its own mark.
  return line === '' ? '' : line.includes('`') ? literal(line) : `\`${calm(line)}\``
}

/** Rows of a code block, which nothing within can end. */
export function fenced(text: string): string {
  return calm(text).replaceAll(/`(?=`)/g, `\`${GAP}`)
}

function literal(text: string, begins = true): string {
  const marked = calm(text)
    .replaceAll(/[\\*_~`|<>[\]]/g, String.raw`\$&`)
    // A web address, or the name of an emoji.
    .replaceAll(/:(?=\/\/|\w+:)/g, String.raw`\:`)
  // A heading, small print, a list.
  return begins ? marked.replace(/^(\d*)([#+-]|[.)](?=\s|$))/, String.raw`$1\$2`) : marked
}

/** Names that Discord's servers look for behind any markup, parted. */
function calm(text: string): string {
  return text.replaceAll(/@(?=everyone|here)|(?<=<)[@#]/gi, `$&${GAP}`)
}

/** What may show of it; the rest would be cut anyway, and people paste megabytes. */
function start(text: string, most: number): string {
  return clean(text.slice(0, 4 * most + 256))
}
