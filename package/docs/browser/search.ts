import MiniSearch from 'minisearch'

/** As search.json has it: address, title of the page, heading, text. */
type Piece = readonly [address: string, title: string, heading: string, text: string]
interface Hit {
  readonly address: string
  readonly title: string
  readonly heading: string
  readonly text: string
}

const MOST = 8
/** Letters of the text that are shown around the first word that was found. */
const AROUND = 110

/** Makes the form find pieces of all pages, in this browser alone; the texts are fetched when it is first used. */
export function search(form: HTMLFormElement): void {
  const input = form.querySelector('input')
  const list = form.querySelector<HTMLElement>('#found')
  if (input === null || list === null) return
  let index: Promise<(text: string) => readonly Hit[]> | null = null

  const draw = async (): Promise<void> => {
    const text = input.value.trim()
    if (text === '') return close()
    index ??= load()
    const hits = (await index)(text)
    if (input.value.trim() !== text) return
    list.replaceChildren(...(hits.length === 0 ? [nothing(text)] : hits.map((hit) => row(hit, text))))
    list.hidden = false
  }
  const close = (): void => {
    list.hidden = true
    list.replaceChildren()
  }
  const links = (): HTMLAnchorElement[] => [...list.querySelectorAll('a')]
  const step = (by: number): void => {
    const all: HTMLElement[] = [input, ...links()]
    const at = all.findIndex((one) => one === document.activeElement)
    all[(at + by + all.length) % all.length]?.focus()
  }

  input.addEventListener('focus', () => (index ??= load()))
  input.addEventListener('input', () => void draw())
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    links()[0]?.click()
  })
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      close()
      input.focus()
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    step(event.key === 'ArrowDown' ? 1 : -1)
  })
  list.addEventListener('click', close)
  document.addEventListener('click', (event) => {
    if (event.target instanceof Node && !form.contains(event.target)) close()
  })
  document.addEventListener('keydown', (event) => {
    const typing = document.activeElement instanceof HTMLInputElement
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    input.focus()
  })
  form.hidden = false
}

async function load(): Promise<(text: string) => readonly Hit[]> {
  const pieces = (await (await fetch(here('search.json'))).json()) as readonly Piece[]
  const all = pieces.map(([address, title, heading, text], id) => ({ id, address, title, heading, text }))
  const index = new MiniSearch({ fields: ['title', 'heading', 'text'], processTerm: (word) => word.toLowerCase() })
  index.addAll(all)
  const options = { boost: { title: 4, heading: 3 }, prefix: true, fuzzy: 0.15 }
  return (text) => {
    const every = index.search(text, { ...options, combineWith: 'AND' })
    const found = every.length > 0 ? every : index.search(text, options)
    return found.slice(0, MOST).flatMap(({ id }) => all[Number(id)] ?? [])
  }
}

/** A page may stand at any depth; the site is where its script is. */
const here = (address: string): string => new URL(address, import.meta.url).href

function row({ address, title, heading, text }: Hit, query: string): HTMLElement {
  const link = document.createElement('a')
  link.href = here(address)
  const name = document.createElement('b')
  name.textContent = heading === '' ? title : `${title} › ${heading}`
  const about = document.createElement('span')
  const word = query.toLowerCase().split(/\s+/)[0] ?? ''
  const from = Math.max(0, text.toLowerCase().indexOf(word) - AROUND / 3)
  about.textContent = `${from > 0 ? '…' : ''}${text.slice(from, from + AROUND)}`
  link.append(name, about)
  return link
}

function nothing(query: string): HTMLElement {
  const line = document.createElement('p')
  line.setAttribute('role', 'status')
  line.textContent = `Nothing about “${query}”.`
  return line
}
