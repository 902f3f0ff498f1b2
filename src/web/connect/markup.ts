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

/** `$0.00595/h` as people read it; null: not known. */
export function perHour(dollars: number | null): string {
  return dollars === null ? 'unknown' : `$${Number(dollars.toPrecision(3))}/h`
}

export function perMonth(dollars: number | null): string {
  if (dollars === null) return 'unknown'
  return `$${dollars < 10 ? Number(dollars.toFixed(2)) : Math.round(dollars)}/month`
}
