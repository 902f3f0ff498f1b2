/** What a person wrote to us: the words after the first mention, or around it, as plain words. */
export function wordsToUs(text: string): string {
  const [before = '', after = ''] = text.split(/<@[UW][A-Z0-9]+(?:\|[^>]*)?>(.*)/s)
  return plainWords(after.trim() === '' ? before : after).trim()
}

/** Slack's markup of a message as the person typed it: `<#C1|ops>` is `#ops`, `&amp;` is `&`. */
export function plainWords(text: string): string {
  const linked = text.replaceAll(
    /<([@#!][^<>|]+|[a-z]+:[^<>|\s]+)(?:\|([^<>]*))?>/g,
    (_whole, target: string, label: string | undefined) => {
      if (/^[@#!]/.test(target))
        return `${target[0] === '!' ? '@' : target[0]}${label || target.slice(1).split('^')[0]}`
      return label || target
    },
  )
  return unescaped(linked)
}

/** Slack's three entities as the characters they stand for. */
export function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
