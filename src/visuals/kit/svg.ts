import { oneLine } from '../../charts/text.ts'
import type { Mark, Picture } from '../../core/visual/visual.ts'

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Marks as the inside of an SVG; texts and values are escaped, letters that the font has not are `?`, numbers kept to hundredths of a px. */
export function svgOf(picture: Picture): string {
  return picture.map((mark) => (mark === null ? '' : element(mark))).join('')
}

function element([name, attributes, inside]: Mark): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(
      ([key, value]) => ` ${key}="${typeof value === 'number' ? Math.round(value * 100) / 100 : escaped(`${value}`)}"`,
    )
    .join('')
  const body = inside === undefined ? '' : typeof inside === 'string' ? escaped(oneLine(inside)) : svgOf(inside)
  return body === '' ? `<${name}${written}/>` : `<${name}${written}>${body}</${name}>`
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (one) => ENTITIES[one] ?? one)
}
