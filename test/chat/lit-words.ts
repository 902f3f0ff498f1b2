/** A lit template as the markup it would make, without a browser; listeners are left out. */
export function flat(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'symbol' || typeof value === 'function') return ''
  if (Array.isArray(value)) return value.map(flat).join('')
  if (typeof value !== 'object')
    return String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  if ('strings' in value && 'values' in value && Array.isArray(value.strings) && Array.isArray(value.values)) {
    const { strings, values } = value
    // It keeps a number and its unit on one line, and is no word of its own.
    if (strings[0] === '<span class="whole">') return flat(values[0])
    return strings.map((text: unknown, at: number) => `${String(text)}${flat(values[at])}`).join('')
  }
  // `repeat(items, key, template)` keeps its arguments.
  if ('_$litDirective$' in value && 'values' in value && Array.isArray(value.values)) {
    const [items, , template] = value.values as readonly unknown[]
    if (Array.isArray(items) && typeof template === 'function')
      return flat(items.map((item) => template(item) as unknown))
  }
  return ''
}
