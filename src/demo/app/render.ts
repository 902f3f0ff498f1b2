import { commentsOf, POSTS, type Comment, type Post } from './posts.ts'

/** A page as it is sent. */
export interface Page {
  readonly status: number
  readonly html: string
}

/** Renders the page at `path` from its sources, each time: this site has no cache. */
export function renderPage(path: string, servedBy: string): Page {
  const slug = /^\/posts\/([\w-]+)$/.exec(path)?.[1]
  const post = POSTS.find((candidate) => candidate.slug === slug)
  if (path !== '/' && post === undefined)
    return { status: 404, html: shell('Nothing here', '<h1>Nothing here</h1>', servedBy) }
  const body = post === undefined ? front() : article(post)
  return { status: 200, html: shell(post?.title ?? 'One Droplet', body, servedBy) }
}

function front(): string {
  return POSTS.map((post) => {
    const top = ranked(commentsOf(post, 12))[0]
    return `<article><h2><a href="/posts/${post.slug}">${escape(post.title)}</a></h2><p class="date">${post.date}</p>
${markdown(post.text.split('\n\n')[0] ?? '')}<p class="top">Top comment, by ${escape(top?.name ?? '')}</p></article>`
  }).join('\n')
}

function article(post: Post): string {
  const comments = ranked(commentsOf(post, 40))
    .map(({ name, points, minutesAgo, text }) => {
      return `<li><p class="date">${points} points by ${escape(name)}, ${minutesAgo} min ago</p>${markdown(text)}</li>`
    })
    .join('\n')
  return `<article><h1>${escape(post.title)}</h1><p class="date">${post.date}</p>${markdown(post.text)}</article>
<h2>Comments</h2><ol>${comments}</ol>`
}

/** Hot first. */
function ranked(comments: readonly Comment[]): readonly Comment[] {
  return comments.toSorted((a, b) => hot(b) - hot(a))
}

function hot({ points, minutesAgo }: Comment): number {
  return points / (minutesAgo + 30) ** 1.5
}

function markdown(text: string): string {
  return text
    .split(/```\n([\s\S]*?)```/)
    .map((part, index) =>
      index % 2 === 1
        ? `<pre>${highlight(part)}</pre>`
        : part
            .split(/\n{2,}/)
            .map(block)
            .join('\n'),
    )
    .join('\n')
}

function block(text: string): string {
  const trimmed = text.trim()
  if (trimmed === '') return ''
  if (trimmed.startsWith('## ')) {
    const [title = '', ...rest] = trimmed.slice(3).split('\n')
    return `<h2>${inline(title)}</h2>${block(rest.join('\n'))}`
  }
  if (trimmed.startsWith('- '))
    return `<ul>${trimmed
      .split('\n')
      .map((line) => `<li>${inline(line.slice(2))}</li>`)
      .join('')}</ul>`
  if (trimmed.startsWith('> ')) return `<blockquote>${inline(trimmed.slice(2))}</blockquote>`
  return `<p>${inline(trimmed)}</p>`
}

function inline(text: string): string {
  return escape(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\*\*([^*]+)\*\*/g, '<b>$1</b>')
    .replace(/\*([^*]+)\*/g, '<i>$1</i>')
}

function highlight(code: string): string {
  return escape(code).replace(/\b(function|const|return|if)\b/g, '<b>$1</b>')
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

function shell(title: string, body: string, servedBy: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>body{font:17px/1.6 Georgia,serif;max-width:40em;margin:3em auto;padding:0 1em;color:#222}h1,h2{line-height:1.25}
a{color:inherit}.date,footer{color:#777;font-size:.85em}pre{background:#f4f2ee;padding:1em;overflow:auto}</style>
<header><a href="/"><b>One Droplet</b></a></header>
${body}
<footer>Served by ${escape(servedBy)}</footer></html>`
}
