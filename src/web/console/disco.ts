const KONAMI = 'ArrowUp ArrowUp ArrowDown ArrowDown ArrowLeft ArrowRight ArrowLeft ArrowRight b a'.split(' ')
/** The party ends by itself. */
const PARTY_MS = 45_000

/** The easter egg of 2015's first version, again. Colours only where motion is not wanted. */
export interface Disco {
  toggle(): void
}

export function createDisco(root: HTMLElement): Disco {
  let typed: readonly string[] = []
  let end = 0
  function toggle(): void {
    const on = root.classList.toggle('disco')
    clearTimeout(end)
    root.querySelector('.disco-ball')?.remove()
    if (!on) return
    const ball = document.createElement('div')
    ball.className = 'disco-ball'
    ball.ariaHidden = 'true'
    for (let beam = 0; beam < 6; beam++) ball.append(document.createElement('i'))
    ball.append(document.createElement('b'))
    root.append(ball)
    end = setTimeout(toggle, PARTY_MS)
  }
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && root.classList.contains('disco')) toggle()
    typed = [...typed, event.key].slice(-KONAMI.length)
    if (typed.length === KONAMI.length && typed.every((key, index) => key === KONAMI[index])) toggle()
  })
  return { toggle }
}
