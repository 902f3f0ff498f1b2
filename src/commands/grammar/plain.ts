/** What shows nothing: zero-width spaces, marks of direction, soft hyphens, control characters. */
const INVISIBLE = /[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]|(?!\s)\p{Cc}/gu
/** Emoji and other scripts are held together by these; between ASCII letters they hold nothing. */
const JOINERS = /(?<=^|[\x20-\x7F])[\u200C\u200D]+|[\u200C\u200D]+(?=[\x20-\x7F]|$)/g

/** A line in the characters of a keyboard: what phones, dictation and copying make of spaces, quotes, dashes and digits. */
function plainText(text: string): string {
  return unwrapped(
    text
      .replaceAll(INVISIBLE, '')
      .replaceAll(JOINERS, '')
      .replaceAll(/[‘’‚‛´]/g, "'")
      .replaceAll(/[“”„‟«»]/g, '"')
      // Several words in quotes, as somebody quotes a time or a reason.
      .replaceAll(/(?<=^|\s)"([^"\s][^"]*)"(?=\s|$)/g, '$1')
      // A phone makes one long dash of two.
      .replaceAll(/(?<=^|\s)[—―]+(?=\p{L})/gu, '--')
      .replaceAll(/[‐‑‒–—―−](?=[\p{L}\p{N}])/gu, '-')
      .replaceAll(/(?<=\d)\uFE0F?\u20E3/g, '')
      .replaceAll(/[！-～]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
      .replaceAll(/\S+/g, plainWord),
  )
}

/** A whole line in quotes, or as code or bold type. */
function unwrapped(text: string): string {
  let line = text.trim()
  for (let turn = 0; turn < 3 && line.length > 2 && /["'`*_~]/.test(line[0]!) && line.endsWith(line[0]!); turn++) {
    line = line.slice(1, -1).trim()
  }
  return line
}

/** Letters and digits in any shape and script as ASCII, where the whole word is of them; a word of another script stays as it is. */
function plainWord(word: string): string {
  if (/^[\x20-\x7F]*$/.test(word)) return word
  const ascii = word.normalize('NFKC').replaceAll(/\p{Nd}/gu, digit)
  return /^[\x20-\x7F]+$/.test(ascii) ? ascii : word
}

/** Each script has its ten digits in a row. */
function digit(character: string): string {
  const code = character.codePointAt(0)!
  let zero = code
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
  return String(code - zero)
}

/** Words as typed; a setting's value in quotes is one word: `calendar="0 8 * * 1-5 for 10h min=4"`. */
export function wordsOf(text: string): readonly string[] {
  return unaddressed((plainText(text).match(/[\w-]+=(["'])(?:(?!\1)[^])*\1|\S+/g) ?? []).map(bare))
}

/** Without `/spinup`, `@spinup` and the like before it, also as it is dictated: `slash spinup`, `spin up`. */
export function unaddressed(words: readonly string[]): readonly string[] {
  if (/^<@[^>]+>[,:]?$/.test(words[0] ?? '')) return words.slice(1)
  const [first = '', second = ''] = words
  if (isSpinup(first)) return words.slice(1)
  return isSpinup(first + second) || (/^slash$/i.test(first) && isSpinup(second)) ? words.slice(2) : words
}

function isSpinup(word: string): boolean {
  return /^[/!@\\]?spinup[,:.!?]*$/i.test(word)
}

/** Without the marks around it, and without the dashes of an option. */
function bare(word: string): string {
  return word.replace(/^(["'`*])(.+)\1$/s, '$2').replace(/^--(?=[a-z])/i, '')
}

/** Emoji, smileys and stray marks, which ask for nothing. */
export function isSpeechless(word: string): boolean {
  return /^(?:[^\p{L}\p{N}\p{S}<@#/\\%&*"'`_-]+|[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F\u200D]+|:[\w+-]+:|[:;]-?[()DP])$/u.test(
    word,
  )
}
