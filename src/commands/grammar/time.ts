import { parseDuration, signedDuration } from '../../core/model/words.ts'

export const DAY_MS = 86_400_000
/** The longest that anything lasts. */
export const LONGEST_MS = 30 * DAY_MS
/** `1 hour and 30 minutes` has five words. */
export const MOST_WORDS = 7

/** A duration at the start of `words`, the longest that reads as one (ms; zero and less too), and how many words it has. */
export function durationAt(words: readonly string[]): { readonly ms: number; readonly length: number } | null {
  for (let length = Math.min(MOST_WORDS, words.length); length > 0; length--) {
    const ms = signedDuration(
      words
        .slice(0, length)
        .join(' ')
        .replace(/[.,;:]+$/, ''),
    )
    if (ms !== null) return { ms, length }
  }
  return null
}

/** Minutes after midnight of `18:00`, `6pm`, `6:30 pm`, `18.30`, `noon`; a bare number only where `bare`. */
export function minuteOf(text: string, bare = false): number | null {
  const word = text.toLowerCase().replaceAll(/[\s.](?=[ap]\.?m)|(?<=[ap])\.|(?<=m)\.$/g, '')
  if (word === 'noon' || word === 'midday') return 12 * 60
  if (word === 'midnight') return 0
  const [, hours, minutes, half] = /^(\d{1,2})(?:[:.](\d{2}))?([ap]m)?$/.exec(word) ?? []
  if (hours === undefined || (minutes === undefined && half === undefined && !bare)) return null
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (half === 'pm' ? 12 : 0)
  const minute = Number(minutes ?? 0)
  if (hour > 23 || minute > 59 || (half !== undefined && (Number(hours) > 12 || Number(hours) < 1))) return null
  return hour * 60 + minute
}

const CLOCKS = new RegExp(
  '\\d:\\d|\\d\\s*[ap]\\.?m\\b|\\d{4}-\\d\\d|\\b(?:until|till?|thru|through|noon|midday|midnight|tomorrow|since|today|tonight' +
    '|yesterday|this (?:week|month)|morning|afternoon|evening|night' +
    '|(?:sun|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?)(?:day)?' +
    '|\\d{1,2} (?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*)\\b',
  'i',
)

/** Whether a line may say a time of day, so that somebody's clock matters. */
export function saysTime(text: string): boolean {
  return CLOCKS.test(text)
}

/** `1h30x`, `30分`, `-5`, `0x10` and `NaN` are meant as durations; `2nd`, `3x` and `v2` are not, and may begin a reason. */
export function isSlip(word: string): boolean {
  if (/^\d+(st|nd|rd|th)$/i.test(word)) return false
  return (
    /^[-+]?(\d{1,6}(?:[.,]\d{1,3})?([smhdw]|(?![a-zºª])\p{L})|∞|nan\b|inf)/iu.test(word) ||
    (word !== '' && /\d/.test(word) && isNumber(word))
  )
}

function isNumber(word: string): boolean {
  return (
    word.length < 400 &&
    (!Number.isNaN(Number(word)) || (/^[-+]?[\d.,]+(e\d+)?[a-z]{0,7}$/i.test(word) && /[smhdw]$/i.test(word)))
  )
}

/** The duration that was meant by a word that is none. */
export function likely(word: string): string {
  const [, whole, part, unit = 'm'] = /^[-+]?(\d{1,4})(?:[.,](\d{1,2}))?([smhdw])?\p{L}*$/iu.exec(word) ?? []
  const text = whole === undefined ? '' : `${whole}${part === undefined ? '' : `.${part}`}${unit.toLowerCase()}`
  const ms = parseDuration(text)
  return ms === null || ms > LONGEST_MS || ms < 1000 ? '90m' : text
}

/** A duration as it is typed, in its largest whole unit. */
export function clean(ms: number): string {
  const [size, unit] =
    ms % DAY_MS === 0
      ? [DAY_MS, 'd']
      : ms % 3600_000 === 0
        ? [3600_000, 'h']
        : ms % 60_000 === 0
          ? [60_000, 'm']
          : [1000, 's']
  const text = `${Math.round(ms / size)}${unit}`
  return ms >= 1000 && ms <= LONGEST_MS ? text : '90m'
}

/** `9am`, `18` and `18.30` as the time of day that was meant; any other word `18:00`. */
export function clockText(word: string): string {
  const minute = minuteOf(word, true)
  if (minute === null) return '18:00'
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
}
