/** One program with its words, as a shell would start it. */
export interface Call {
  /** As it stands on the page, without its comment. */
  readonly text: string
  readonly words: readonly string[]
}

/**
 * The calls of a piece of shell, one after another: lines that end with a backslash are one, `&&` and `;` part two; what is
 * piped stays together, and has the words of its first program.
 * It knows quotes and comments, which is all that the pages use.
 */
export function callsOf(script: string): readonly Call[] {
  return script
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .flatMap((line) => partsOf(line))
    .filter(({ words }) => words.length > 0)
}

function partsOf(line: string): readonly Call[] {
  const calls: Call[] = []
  let words: string[] = []
  let word: string | null = null
  let quote: string | null = null
  let from = 0
  const endWord = (): void => {
    if (word !== null) words.push(word)
    word = null
  }
  const endCall = (at: number): void => {
    endWord()
    calls.push({ text: line.slice(from, at).trim(), words })
    words = []
  }
  for (let at = 0; at < line.length; at++) {
    const letter = line[at]!
    if (quote !== null) {
      if (letter === quote) quote = null
      else word = (word ?? '') + letter
    } else if (letter === '"' || letter === "'") {
      quote = letter
      word ??= ''
    } else if (letter === '#' && word === null) {
      endCall(at)
      return calls
    } else if (letter === ' ') endWord()
    else if (letter === ';' || line.startsWith('&&', at)) {
      endCall(at)
      if (letter === '&') at++
      from = at + 1
    } else word = (word ?? '') + letter
  }
  endCall(line.length)
  return calls
}
