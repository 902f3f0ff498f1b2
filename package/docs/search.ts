/** A piece of a page that search can lead to: address, title of the page, heading, text. */
export type Piece = readonly [address: string, title: string, heading: string, text: string]

/** The pieces of a page's article, a heading each. */
export function piecesOf(name: string, title: string, article: string): readonly Piece[] {
  const parts = article.split(/(?=<h[23] id=")/)
  return parts.flatMap((part): Piece[] => {
    const [, id = '', heading = ''] = /^<h[23] id="([^"]*)"[^>]*>([\s\S]*?)<\/h[23]>/.exec(part) ?? []
    const text = words(part.replace(/^<h[123][\s\S]*?<\/h[123]>/, ''))
    if (text === '' && heading === '') return []
    return [[`${name}${id === '' ? '' : `#${id}`}`, title, words(heading), text]]
  })
}

/** What is read of HTML: its tags and entities taken away. */
export function words(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
