/** What a person wrote to us: the words after our mention, or before it where none follow, as plain words. `botUser` null: the first mention is taken for ours. */
export function wordsToUs(text: string, botUser: string | null): string {
  const mention = [...text.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g)]
  const ours = mention.find(([, user]) => user === botUser) ?? mention[0]
  if (ours === undefined) return plainWords(text).trim()
  const after = text.slice(ours.index + ours[0].length)
  return plainWords(after.trim() === '' ? text.slice(0, ours.index) : after).trim()
}

/** Slack's markup of a message as the person typed it: `<#C1|ops>` is `#ops`, `&amp;` is `&`. People and groups keep their ids. */
export function plainWords(text: string): string {
  const linked = text.replaceAll(
    /<([@#!][^<>|]+|[a-z]+:[^<>|\s]+)(?:\|([^<>]*))?>/g,
    (_whole, target: string, label: string | undefined) => {
      if (/^(?:@|!subteam\^)/.test(target)) return `<${target}>`
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
