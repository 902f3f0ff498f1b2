import type { About } from '../../core/visual/drawing.ts'
import { LIBRARIES, type Visual } from '../../core/visual/visual.ts'

/** `About` of a module's default export, as JSON. Throws what is wrong with it, in words. */
export function aboutOf(module: unknown): string {
  const visual = visualOf(module)
  const unknown = (visual.libraries ?? []).find((name) => !LIBRARIES.includes(name))
  if (unknown !== undefined) throw new Error(`there is no library ${unknown}; there are ${LIBRARIES.join(', ')}`)
  const about: About = {
    title: `${visual.title}`.slice(0, 120),
    summary: `${visual.summary ?? ''}`.slice(0, 200),
    needs: visual.needs,
    libraries: visual.libraries ?? [],
    options: visual.options ?? {},
    height: Math.min(600, Math.max(120, Number(visual.height ?? 360) || 360)),
  }
  return JSON.stringify(about)
}

/** The default export, looked at. Throws what is missing. */
export function visualOf(module: unknown): Visual {
  const visual = module as Partial<Visual> | null | undefined
  if (typeof visual !== 'object' || visual === null) throw new TypeError('the module has no `export default { … }`')
  if (typeof visual.title !== 'string' || visual.title.trim() === '') throw new TypeError('it has no title')
  if (typeof visual.needs !== 'object' || visual.needs === null) throw new TypeError('it has no needs')
  if (typeof visual.draw !== 'function') throw new TypeError('it has no draw(data, options, kit)')
  // Each part was looked at.
  return visual as Visual
}
