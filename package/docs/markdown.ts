import { openSync, readSync, closeSync } from 'node:fs'
import { join } from 'node:path'
import { addressOf, slugOf, targetOf } from './links.ts'
import { ROOT } from './pages.ts'

/** The part of markdown-it that is used here. */
export interface Markdown {
  readonly core: { readonly ruler: { push(name: string, rule: (state: State) => void): void } }
  readonly renderer: { readonly rules: Record<string, (tokens: Token[], at: number) => string> }
}
interface State {
  readonly tokens: Token[]
  /** The data of the page, with its file from the root on. */
  readonly env: { readonly source: string }
}
export interface Token {
  readonly type: string
  tag: string
  content: string
  readonly info: string
  /** Its first line and the one after its last, from 0 on; null: inside of a line. */
  readonly map: readonly [from: number, to: number] | null
  readonly children: Token[] | null
  attrGet(name: string): string | null
  attrSet(name: string, value: string): void
  attrs: [string, string][] | null
}

/**
 * Makes Markdown that reads well where the project is hosted into pages of the site: links lead to pages, headings have
 * ids, and nothing needs a style that the bot's content security policy would refuse. `used` hears of each file of the
 * project that a page links or shows.
 */
export function sitePages(markdown: Markdown, used: (file: string) => void): void {
  markdown.core.ruler.push('site', ({ tokens, env }) => {
    const ids = new Map<string, number>()
    tokens.forEach((token, at) => {
      if (token.type === 'heading_open') token.attrSet('id', unique(slugOf(plain(tokens[at + 1])), ids))
      const style = token.attrGet('style')
      if (style !== null) {
        token.attrs = (token.attrs ?? []).filter(([name]) => name !== 'style')
        if (style.includes('right')) token.attrSet('class', 'right')
      }
      // A header without words is none.
      if (token.type === 'th_open' && plain(tokens[at + 1]) === '') token.tag = tokens[at + 2]!.tag = 'td'
      if (token.type === 'html_block') token.content = token.content.replaceAll(/<!--[\s\S]*?-->\n?/g, '')
      for (const child of token.children ?? []) inline(child, env.source, used)
    })
  })
  const { rules } = markdown.renderer
  rules['table_open'] = () => '<div class="wide" tabindex="0" role="group" aria-label="Table"><table>\n'
  rules['table_close'] = () => '</table></div>\n'
  rules['fence'] = (tokens, at) => {
    const { content, info } = tokens[at]!
    const language = info.trim().split(/\s/)[0] ?? ''
    return `<pre tabindex="0" role="group" aria-label="${escape(language || 'Text')}"><code>${escape(content)}</code></pre>\n`
  }
}

function inline(token: Token, from: string, used: (file: string) => void): void {
  const name = token.type === 'link_open' ? 'href' : token.type === 'image' ? 'src' : null
  if (name === null) return
  const target = targetOf(from, decodeURI(token.attrGet(name) ?? ''))
  const address = addressOf(target)
  if (address === null) {
    // Words without a link: there is nothing to lead to from here.
    token.attrs = []
    return
  }
  token.attrSet(name, address)
  if (target.kind === 'file' && address !== './') used(target.file)
  if (target.kind === 'web') token.attrSet('rel', 'noreferrer')
  if (name === 'src' && target.kind === 'file') {
    const [width, height] = sizeOf(join(ROOT, target.file))
    token.attrSet('width', String(width))
    token.attrSet('height', String(height))
    token.attrSet('loading', 'lazy')
  }
}

/** The second heading of a name gets another id than the first. */
export const unique = (id: string, ids: Map<string, number>): string => {
  const before = ids.get(id) ?? 0
  ids.set(id, before + 1)
  return before === 0 ? id : `${id}-${before}`
}

/** A heading's words. */
export const plain = (token: Token | undefined): string =>
  (token?.children ?? []).map(({ type, content }) => (type === 'html_inline' ? '' : content)).join('')

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** Width and height of a PNG, pixels; they are in its first bytes. */
function sizeOf(file: string): readonly [width: number, height: number] {
  const head = Buffer.alloc(24)
  const opened = openSync(file, 'r')
  readSync(opened, head, 0, 24, 0)
  closeSync(opened)
  return [head.readUInt32BE(16), head.readUInt32BE(20)]
}
