/** The bundled font's files, one family per part of the alphabet: under one name, the canvas would pick a single file. */
export const FONT_PARTS: readonly { readonly family: string; readonly subset: string }[] = [
  { family: 'Inter', subset: 'latin' },
  { family: 'Inter Ext', subset: 'latin-ext' },
  { family: 'Inter Cyrillic', subset: 'cyrillic' },
  { family: 'Inter Greek', subset: 'greek' },
]

/** The CSS `font-family` of all text in charts. */
export const FONT_FAMILY = [...FONT_PARTS.map(({ family }) => family), 'sans-serif'].join(', ')
