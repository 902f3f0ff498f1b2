/** Markup that is safe to send as it is. */
export interface Markup {
  readonly markup: string
}

type Part = Markup | string | number | null | false | readonly (Markup | string | null | false)[]

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** HTML from a template: everything put in is text unless it is markup itself; null and false are nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: strings.reduce((all, text, index) => all + render(parts[index - 1] ?? null) + text) }
}

function render(part: Part): string {
  if (part === null || part === false) return ''
  if (typeof part === 'string') return part.replaceAll(/[&<>"']/g, (one) => ESCAPES[one] ?? one)
  if (typeof part === 'number') return String(part)
  if ('markup' in part) return part.markup
  return part.map(render).join('')
}
