/** Runs `work` once per frame at most, however often it is asked; by timer where frames stand still (hidden tabs). */
export function oncePerFrame(work: () => void): () => void {
  let waiting = false
  const run = (): void => {
    waiting = false
    work()
  }
  return () => {
    if (waiting) return
    waiting = true
    if (document.hidden) setTimeout(run, 50)
    else requestAnimationFrame(run)
  }
}
