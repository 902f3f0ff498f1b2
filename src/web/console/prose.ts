import { html } from 'lit-html'
import type { TemplateResult } from 'lit-html'

const PARTS = /(`[^`\n]+`|https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)])/

/** Words with `code` in backticks set as code and web addresses as links; everything else is only text. */
export function prose(text: string): TemplateResult {
  return html`<p class="prose">${text.split(PARTS).map(part)}</p>`
}

function part(text: string): TemplateResult | string {
  if (text.length > 2 && text.startsWith('`') && text.endsWith('`')) return html`<code>${text.slice(1, -1)}</code>`
  if (/^https?:\/\//.test(text)) return html`<a href=${text} target="_blank" rel="noopener noreferrer">${text}</a>`
  return text
}
