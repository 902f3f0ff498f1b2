import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import MarkdownIt from 'markdown-it'
import { slugOf } from '../../package/docs/links.ts'
import { plain, unique, type Token } from '../../package/docs/markdown.ts'
import { PAGES, ROOT } from '../../package/docs/pages.ts'

interface Piece {
  /** From the root on. */
  readonly file: string
  readonly line: number
  readonly text: string
}

/** A block of code, and what the comment right before it says about running it. */
export interface Fence extends Piece {
  readonly language: string
  readonly mark: { readonly kind: 'not run' | 'run by'; readonly says: string } | null
}

/** A page, taken apart for those who check it. */
export interface Read {
  readonly file: string
  readonly fences: readonly Fence[]
  /** What is `code` within a line. */
  readonly codes: readonly Piece[]
  readonly links: readonly Piece[]
  /** What people read that is no code. */
  readonly prose: readonly Piece[]
  /** The ids of its headings. */
  readonly anchors: ReadonlySet<string>
}

const MARK = /^<!-- (not run|run by): (\S[\s\S]*?) -->\s*$/
const markdown = new MarkdownIt({ html: true })

/** Every page there is, the README with them. */
export function readAll(): readonly Read[] {
  return ['README.md', ...PAGES.map(({ file }) => file)].map((file) =>
    read(file, readFileSync(join(ROOT, file), 'utf8')),
  )
}

export function read(file: string, text: string): Read {
  const fences: Fence[] = []
  const pieces = { codes: [] as Piece[], links: [] as Piece[], prose: [] as Piece[] }
  const ids = new Map<string, number>()
  const anchors = new Set<string>()
  const tokens = markdown.parse(text, {})
  let line = 1
  tokens.forEach((token, at) => {
    line = (token.map?.[0] ?? line - 1) + 1
    if (token.type === 'heading_open') anchors.add(unique(slugOf(plain(tokens[at + 1])), ids))
    if (token.type === 'fence') {
      const [language = ''] = token.info.trim().split(/\s/)
      fences.push({ file, line, text: token.content, language, mark: markOf(tokens[at - 1]) })
    }
    for (const child of token.children ?? []) {
      const add = (to: Piece[], words: string): unknown => to.push({ file, line, text: words })
      if (child.type === 'code_inline') add(pieces.codes, child.content.replaceAll('\n', ' '))
      if (child.type === 'text') add(pieces.prose, child.content)
      if (child.type === 'image') add(pieces.prose, child.content)
      const href = child.type === 'link_open' ? child.attrGet('href') : null
      const address = child.type === 'image' ? child.attrGet('src') : href
      if (address !== null) add(pieces.links, decodeURI(address))
    }
  })
  return { file, fences, ...pieces, anchors }
}

function markOf(before: Token | undefined): Fence['mark'] {
  const [, kind, says] = (before?.type === 'html_block' ? MARK.exec(before.content) : null) ?? []
  return kind === 'not run' || kind === 'run by' ? { kind, says: says ?? '' } : null
}
