import { statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { nameOf, PAGES, ROOT } from './pages.ts'

/** Where a link of a Markdown file leads. */
export type Target =
  | { readonly kind: 'page'; readonly file: string; readonly anchor: string }
  /** A file of the project that is no page of the site. */
  | { readonly kind: 'file'; readonly file: string; readonly anchor: string }
  | { readonly kind: 'folder'; readonly file: string }
  /** A page of the place where the project is hosted. */
  | { readonly kind: 'host' }
  | { readonly kind: 'web'; readonly url: string }
  | { readonly kind: 'gone'; readonly file: string }

/** `from`: the file that has the link, from the root on. */
export function targetOf(from: string, href: string): Target {
  if (/^[a-z][a-z+.-]*:/i.test(href)) return { kind: 'web', url: href }
  const [path = '', anchor = ''] = href.split('#', 2)
  const file = path === '' ? from : posix.normalize(posix.join(posix.dirname(from), path))
  if (file.startsWith('..')) return { kind: 'host' }
  if (PAGES.some((page) => page.file === file)) return { kind: 'page', file, anchor }
  const found = statSync(join(ROOT, file), { throwIfNoEntry: false })
  if (found === undefined) return { kind: 'gone', file }
  return found.isDirectory() ? { kind: 'folder', file: file.replace(/\/$/, '') } : { kind: 'file', file, anchor }
}

/** The address of a target beside the site's other pages; null: the site cannot lead there. */
export function addressOf(target: Target): string | null {
  switch (target.kind) {
    case 'page': {
      const name = nameOf(target.file)
      return `${name === 'index' ? './' : name}${target.anchor === '' ? '' : `#${target.anchor}`}`
    }
    case 'file':
      if (target.file.endsWith('.png')) return pictureOf(target.file)
      // The README is for who has the project before them; the site begins elsewhere.
      return target.file === 'README.md' ? './' : copyOf(target.file)
    case 'web':
      return target.url
    case 'folder':
    case 'host':
    case 'gone':
      return null
  }
}

/** A file of the project as the site has it: text, whatever it is. */
export const copyOf = (file: string): string => `files/${file}.txt`

/** A picture of docs/ as the site has it. */
export const pictureOf = (file: string): string => `${posix.basename(file, '.png')}.webp`

/** The id of a heading, as GitHub makes it, so that one link is right in both places. */
export function slugOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')
}
