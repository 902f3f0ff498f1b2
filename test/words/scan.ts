/**
 * A piece of a source file: what people may read (`text`), what a builder reads (`comment`), or a name in the code, also
 * one that is written as a string.
 */
export type Piece = {
  readonly kind: 'text' | 'comment' | 'name'
  /** 1 for the first line. */
  readonly line: number
  readonly text: string
}

/** After one of these a slash begins a regular expression, not a division. */
const BEFORE_PATTERN = /(?:[([{,;=:!&|?+\-*%~^<>]|\b(?:return|typeof|case|in|of|void|yield|await|throw))$/

/** A `from '…'` or `import('…')` names a file. */
const BEFORE_FILE = /\b(?:from|import\s*\(?|import\.meta\.resolve\()$/

/**
 * The strings, template texts and comments of a TypeScript file. It is a scanner, not a parser: it knows quotes,
 * templates inside templates, comments and regular expressions, and takes the rest as code.
 */
export function scan(source: string): readonly Piece[] {
  const pieces: Piece[] = []
  let at = 0
  let line = 1
  /** The code just passed, without comments: it says what a slash means and whether a string is a file's name. */
  let code = ''

  const take = (length: number): string => {
    const taken = source.slice(at, at + length)
    line += taken.split('\n').length - 1
    at += length
    return taken
  }
  const takeTo = (end: string): string => {
    const found = source.indexOf(end, at)
    return take((found < 0 ? source.length : found) - at)
  }
  const quoted = (quote: string): string => {
    let text = ''
    take(1)
    while (at < source.length && source[at] !== quote && source[at] !== '\n') text += take(source[at] === '\\' ? 2 : 1)
    take(1)
    return text
  }

  const template = (): void => {
    const chunks: Piece[] = []
    let chunk = ''
    let from = line
    const close = (): void => {
      chunks.push({ kind: 'text', line: from, text: chunk })
      chunk = ''
    }
    take(1)
    while (at < source.length && source[at] !== '`') {
      if (!source.startsWith('${', at)) {
        chunk += take(source[at] === '\\' ? 2 : 1)
        continue
      }
      close()
      take(2)
      code += '('
      walk('}')
      from = line
    }
    close()
    take(1)
    if (isProse(chunks.map(({ text }) => text).join('…'))) pieces.push(...chunks)
  }

  const pattern = (): void => {
    let inSet = false
    take(1)
    while (at < source.length && source[at] !== '\n' && (inSet || source[at] !== '/')) {
      if (source[at] === '[') inSet = true
      if (source[at] === ']') inSet = false
      take(source[at] === '\\' ? 2 : 1)
    }
    take(1)
  }

  const walk = (end: string): void => {
    let depth = 0
    while (at < source.length) {
      const next = source[at]!
      const from = line
      if (next === end && depth === 0) return void take(1)
      if (source.startsWith('//', at)) pieces.push({ kind: 'comment', line: from, text: takeTo('\n') })
      else if (source.startsWith('/*', at)) {
        pieces.push({ kind: 'comment', line: from, text: takeTo('*/') })
        take(2)
      } else if (next === "'" || next === '"') {
        const text = quoted(next)
        const kind = isProse(text) ? 'text' : 'name'
        if (!BEFORE_FILE.test(code) && (kind === 'text' || /^[\w-]+$/.test(text)))
          pieces.push({ kind, line: from, text })
        code = 'text'
      } else if (next === '`') {
        template()
        code = 'text'
      } else if (next === '/' && BEFORE_PATTERN.test(code)) {
        pattern()
        code = 'text'
      } else {
        const name = /^[A-Za-z_$][\w$]*/.exec(source.slice(at, at + 80))?.[0]
        if (name !== undefined && !/[\w$]/.test(source[at - 1] ?? '')) {
          pieces.push({ kind: 'name', line: from, text: name })
          code = `${code} ${take(name.length)}`
          continue
        }
        if (next === '{') depth += 1
        if (next === '}') depth -= 1
        code = `${code}${take(1)}`.trimEnd().slice(-80)
      }
    }
  }

  walk('')
  return pieces.toSorted((a, b) => a.line - b.line)
}

/** Whether people read it: words with a space between them, or a label. One small word is a name in the code. */
function isProse(text: string): boolean {
  if (text.includes('redis.call(')) return false
  return (
    /\p{L}[\p{P}…]*\s+[\p{P}…]*\p{L}/u.test(text) ||
    /(?:^|\s)\p{L}+…|…\s\p{L}/u.test(text) ||
    /^\p{Lu}\p{Ll}+$/u.test(text)
  )
}
