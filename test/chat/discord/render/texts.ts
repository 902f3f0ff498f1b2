/** The contents of all text displays, in the order they are read. */
export function texts(components: readonly unknown[]): readonly string[] {
  return components.flatMap((one): readonly string[] => {
    if (typeof one !== 'object' || one === null) return []
    const inner = 'components' in one && Array.isArray(one.components) ? texts(one.components as unknown[]) : []
    return 'content' in one && typeof one.content === 'string' ? [one.content] : inner
  })
}
