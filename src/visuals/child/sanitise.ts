import sax from 'sax'

/** What a picture may consist of, and nothing else: shapes, text, groups, gradients and clipping. */
const ELEMENTS = new Set(
  (
    'svg g path rect circle ellipse line polyline polygon text tspan title desc defs ' +
    'linearGradient radialGradient stop clipPath'
  ).split(' '),
)

const ATTRIBUTES = new Set(
  (
    'id x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy d points width height viewBox transform rotate offset ' +
    'fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-dasharray ' +
    'stroke-dashoffset stroke-miterlimit opacity color display visibility clip-path clip-rule clipPathUnits ' +
    'gradientUnits gradientTransform spreadMethod stop-color stop-opacity font-size font-weight font-style font-family ' +
    'letter-spacing text-anchor dominant-baseline alignment-baseline text-decoration preserveAspectRatio xml:space ' +
    'shape-rendering text-rendering aria-label role'
  ).split(' '),
)

/** Far beyond what can be seen, far below what is felt. */
const MOST_ELEMENTS = 20_000
const DEEPEST = 40

export interface Sanitised {
  readonly svg: string
  /** What was left out, each once, at most ten. */
  readonly leftOut: readonly string[]
}

/**
 * An SVG with the listed elements and attributes alone, written afresh from what an XML parser read: no script, style,
 * image, link, foreign markup, event, entity or address survives, whatever it was called. The picture is `width` ×
 * `height` px. Throws with a sentence and the line for text that is no SVG.
 */
export function sanitise(text: string, width: number, height: number): Sanitised {
  // Its types do not know this option; without it the entities of HTML would be taken too.
  const parser = sax.parser(true, { strictEntities: true } as sax.SAXOptions)
  const leftOut = new Set<string>()
  const out: string[] = []
  const open: string[] = []
  let skipping = 0
  let elements = 0
  let rooted = false

  const omit = (what: string): void => void (leftOut.size < 10 && leftOut.add(what))
  const wrong = (words: string): Error => new Error(`${words} (line ${parser.line + 1} of the SVG)`)

  const begin = ({ name, attributes }: sax.Tag | sax.QualifiedTag): void => {
    elements += 1
    if (elements > MOST_ELEMENTS) throw wrong(`more than ${MOST_ELEMENTS} elements`)
    if (open.length + skipping >= DEEPEST) throw wrong(`elements nest deeper than ${DEEPEST}`)
    if (!rooted && name !== 'svg') throw wrong(`it begins with <${name.slice(0, 40)}>, not <svg>`)
    if (rooted && open.length === 0) throw wrong('there is more than one <svg>')
    if (skipping > 0 || !ELEMENTS.has(name)) {
      if (skipping === 0) omit(`<${name.slice(0, 40)}>`)
      skipping += 1
      return
    }
    const kept = Object.entries(attributes).filter(([key, value]) => {
      // Namespaces mean nothing any more: the one of SVG is written below.
      if (key === 'xmlns' || key.startsWith('xmlns:')) return false
      const good = ATTRIBUTES.has(key) && safe(`${value}`)
      if (!good) omit(`${key.slice(0, 40)} of <${name}>`)
      return good
    })
    const own = rooted ? kept : rootOf(kept, width, height)
    rooted = true
    out.push(`<${name}${own.map(([key, value]) => ` ${key}="${escaped(`${value}`)}"`).join('')}>`)
    open.push(name)
  }
  const say = (words: string): void => {
    if (skipping === 0 && open.length > 0) out.push(escaped(words))
  }
  Object.assign(parser, {
    onopentag: begin,
    onclosetag: () => {
      if (skipping > 0) skipping -= 1
      else out.push(`</${open.pop() ?? 'svg'}>`)
    },
    ontext: say,
    oncdata: say,
    ondoctype: () => {
      throw wrong('a document type is not taken')
    },
    onprocessinginstruction: ({ name }: { readonly name: string }) => {
      if (name.toLowerCase() !== 'xml') omit(`<?${name.slice(0, 40)}?>`)
    },
    onerror: ({ message }: Error) => {
      throw wrong(`the SVG is not well-formed: ${(message.split('\n')[0] ?? '').toLowerCase()}`)
    },
  })
  parser.write(text).close()
  if (!rooted) throw new Error('there is no <svg> in it')
  return { svg: out.join(''), leftOut: [...leftOut] }
}

type Attributes = readonly (readonly [name: string, value: unknown])[]

/** The root is as large as the picture; its own size, where it has one and no view box, becomes the view box. */
function rootOf(kept: Attributes, width: number, height: number): Attributes {
  const of = (name: string): string | undefined => kept.find(([key]) => key === name)?.[1]?.toString()
  const [across, down] = [Number.parseFloat(of('width') ?? ''), Number.parseFloat(of('height') ?? '')]
  const own = across > 0 && down > 0 ? `0 0 ${across} ${down}` : `0 0 ${width} ${height}`
  const settled = new Set(['width', 'height', 'x', 'y', 'viewBox', 'font-family'])
  return [
    ['xmlns', 'http://www.w3.org/2000/svg'],
    ['width', width],
    ['height', height],
    ['viewBox', of('viewBox') ?? own],
    ['font-family', 'Inter'],
    ...kept.filter(([key]) => !settled.has(key)),
  ]
}

/** A value leads nowhere: `url(…)` may only name a part of the same picture, and there is no other address. */
function safe(value: string): boolean {
  // As a reader of CSS sees it: comments and escapes could hide a word.
  if (value.includes('\\') || value.includes('/*')) return false
  const plain = value.replaceAll(/\s+/g, '').toLowerCase()
  if (!/(?:url|image|image-set|src|var|attr|env|expression)\(/.test(plain)) return true
  return /^url\(['"]?#[\w-]+['"]?\)$/.test(plain)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
