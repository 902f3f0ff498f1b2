/** Keeps a scrolling list at its end while the person is there, and leaves it alone while they read further up. */
export interface EndKeeper {
  atEnd(): boolean
  toEnd(smooth: boolean): void
}

/** How near the end still counts as there, px. */
const NEAR = 60

export function keepAtEnd(view: HTMLElement, content: HTMLElement, changed: () => void): EndKeeper {
  let following = true
  const near = (): boolean => view.scrollHeight - view.scrollTop - view.clientHeight < NEAR
  const toEnd = (smooth: boolean): void => {
    following = true
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
    view.scrollTo({ top: view.scrollHeight, behavior: smooth && !calm ? 'smooth' : 'instant' })
  }
  let lastTop = 0
  view.addEventListener(
    'scroll',
    () => {
      // Growing content moves the end away without the person scrolling: only going up stops the following.
      if (near()) following = true
      else if (view.scrollTop < lastTop - 2) following = false
      lastTop = view.scrollTop
      changed()
    },
    { passive: true },
  )
  const observer = new ResizeObserver(() => following && toEnd(false))
  observer.observe(content)
  observer.observe(view)
  return { atEnd: () => following, toEnd }
}
