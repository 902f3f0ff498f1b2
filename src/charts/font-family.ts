/** The bundled font's files, one family per part of the alphabet: under one name, the canvas would pick a single file. */
export const FONT_PARTS: readonly { readonly family: string; readonly subset: string }[] = [
  { family: 'Inter', subset: 'latin' },
  { family: 'Inter Ext', subset: 'latin-ext' },
  { family: 'Inter Cyrillic', subset: 'cyrillic' },
  { family: 'Inter Greek', subset: 'greek' },
  { family: 'Inter Vietnamese', subset: 'vietnamese' },
  { family: 'Inter Cyrillic Ext', subset: 'cyrillic-ext' },
  { family: 'Inter Greek Ext', subset: 'greek-ext' },
]

/** The CSS `font-family` of all text in charts. */
export const FONT_FAMILY = [...FONT_PARTS.map(({ family }) => family), 'sans-serif'].join(', ')

/** Sizes of a chart's text, CSS pixels. In a chart of the usual size it is 9 px high where that is shown 360 px wide. */
export interface TextSizes {
  readonly text: number
  readonly title: number
}

export function textSizes(width: number): TextSizes {
  const text = Math.min(13.5, Math.max(9, width / 40))
  return { text, title: text * 1.25 }
}
