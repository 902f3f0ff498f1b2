import type { View } from '../../../../src/core/model/view.ts'

/** What somebody could call a droplet, a stat or themselves. */
export const PAYLOAD =
  '# @everyone *b* _i_ **x** ~~s~~ `c` ||p|| [t](https://evil.example) <@1> <@&2> <#3> <t:1:R> <:e:4> :fire: ```js\n> q\n- l\n1. n\n-# s \\'

/** A chart id, which is no text. */
export const hostileChart = 'shop.chart'

/** Names of properties that are one of a few known words. */
const WORDS: ReadonlySet<string> = new Set(
  'kind tone style role phase what mode unit direction stage state per onExpiry platform month code'.split(' '),
)

/** The view with the payload in every text that is not one of a few known words. */
export function hostile(view: View): View {
  return poisoned(view, '', '') as View
}

function poisoned(value: unknown, name: string, path: string): unknown {
  // A history says what was done in words, an override by one of three.
  const known = WORDS.has(name) && !(name === 'what' && path.includes('entries'))
  if (typeof value === 'string') {
    if (known || (name === 'id' && path.endsWith('chart'))) return name === 'id' ? hostileChart : value
    // Actions differ from each other, or they would be one button.
    return name === 'action' ? `${value}${PAYLOAD}` : PAYLOAD
  }
  if (Array.isArray(value)) return value.map((one) => poisoned(one, name, path))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, poisoned(one, key, `${path}/${name}`)]))
}

/**
 * What Discord would make of a text beyond the markup that cards are written in: bold, headings, small print, quotes,
 * times and links in angle brackets; empty when all else is literal.
 */
export function active(content: string): readonly string[] {
  const found: string[] = []
  if (/@(everyone|here)|<(@[!&]?|#)\d/.test(content)) found.push('a mention behind the markup')
  const code = content.replaceAll(/^```\n[\s\S]*?\n```$/gm, '')
  const rest = code
    .split('\n')
    .map((line) => {
      const plain = line
        // An escaped mark is literal; what follows a backslash is never a mark.
        .replaceAll(/\\[^0-9A-Za-z\s]/g, '·')
        .replaceAll(/`[^`]+`/g, '')
        .replaceAll(/<t:\d{9,}:[RTf]>|<https?:\/\/[^\s<>]+>/g, '')
        .replace(/^(### |-# |> )/, '')
      if ((plain.match(/\*\*/g) ?? []).length % 2 === 1) found.push(`a bold without an end: ${line}`)
      if (/^([#>-]|\d+[.)])\s/.test(plain)) found.push(`a mark that begins a line: ${line}`)
      return plain.replaceAll('**', '')
    })
    .join('\n')
  for (const mark of rest.match(/[\\*_~`|<>[\]]|:\/\/|:\w+:/g) ?? []) found.push(`a live ${mark}`)
  return found
}

/** A text as a person reads it, without what nobody sees. */
export function read(content: string): string {
  return content.replaceAll(/\\([^0-9A-Za-z\s])/g, '$1').replaceAll('\u200B', '')
}
