import { copyText } from '../../console/copy.ts'

/** Searches as one types, and copies lines; everything works without. */
const PAUSE_MS = 150

for (const input of document.querySelectorAll<HTMLInputElement>('input[data-search]')) {
  const results = document.getElementById(input.dataset['results'] ?? '')
  if (results !== null) searchAsTyped(input, results)
}
for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
  button.addEventListener('click', () => void copy(button))
}

function searchAsTyped(input: HTMLInputElement, results: HTMLElement): void {
  let timer = 0
  let asking: AbortController | null = null
  const ask = async (): Promise<void> => {
    asking?.abort()
    asking = new AbortController()
    const { signal } = asking
    results.setAttribute('aria-busy', 'true')
    try {
      const url = `${input.dataset['search'] ?? ''}?q=${encodeURIComponent(input.value)}`
      const response = await fetch(url, { signal, headers: { accept: 'text/html' } })
      // An answer that is elsewhere is another page: the session is over.
      if (!response.ok || response.redirected) return location.reload()
      const picked = results.querySelector<HTMLInputElement>('input:checked')?.value
      const markup = await response.text()
      if (signal.aborted) return
      results.innerHTML = markup
      for (const radio of results.querySelectorAll<HTMLInputElement>('input[type=radio]')) {
        if (radio.value === picked) radio.checked = true
      }
    } catch {
      // What was shown stays, and the button still searches.
    }
    if (!signal.aborted) results.removeAttribute('aria-busy')
  }
  input.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(() => void ask(), PAUSE_MS)
  })
  input.form?.addEventListener('submit', (event) => {
    event.preventDefault()
    clearTimeout(timer)
    void ask()
  })
}

async function copy(button: HTMLButtonElement): Promise<void> {
  const source = document.getElementById(button.dataset['copy'] ?? '')
  if (source === null) return
  if (await copyText(source.textContent ?? '')) {
    button.textContent = 'Copied'
    return
  }
  // Then the line is at least selected.
  getSelection()?.selectAllChildren(source)
  button.textContent = 'Press Ctrl-C'
}
