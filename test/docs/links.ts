import { targetOf } from '../../package/docs/links.ts'
import type { Read } from './read.ts'
import { verdict, type Verdict } from './verdict.ts'

/** Where each link leads, but for what is on the web: that is read, and not visited. */
export function links({ file, links: all }: Read, pages: readonly Read[]): readonly Verdict[] {
  return all.map((link) => verdict(link, link.text, why(file, link.text, pages)))
}

function why(file: string, href: string, pages: readonly Read[]): string | null {
  const target = targetOf(file, href)
  switch (target.kind) {
    case 'gone':
      return 'there is no such file'
    case 'web':
      return URL.canParse(target.url) ? null : 'it is no address'
    case 'page':
    case 'file': {
      if (target.anchor === '') return null
      const page = pages.find((one) => one.file === target.file)
      return page?.anchors.has(target.anchor) === true ? null : 'there is no such heading'
    }
    case 'folder':
    case 'host':
      return null
  }
}
