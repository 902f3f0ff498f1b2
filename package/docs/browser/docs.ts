import { createKept } from '../../../src/web/console/kept.ts'
import { search } from './search.ts'

const root = document.documentElement

function theme(button: HTMLElement): void {
  const kept = createKept()
  const label = (): void => {
    const words = `Switch to ${root.dataset['theme'] === 'dark' ? 'light' : 'dark'} theme`
    button.setAttribute('aria-label', words)
    button.title = words
  }
  button.addEventListener('click', () => {
    const next = root.dataset['theme'] === 'dark' ? 'light' : 'dark'
    root.dataset['theme'] = next
    kept.set('theme', next)
    label()
  })
  label()
  button.hidden = false
}

/** Wide screens have the menu open beside the page; on a phone it opens above it. */
function menu(details: HTMLDetailsElement): void {
  const wide = matchMedia('(min-width: 900px)')
  const fit = (): void => void (details.open = wide.matches)
  wide.addEventListener('change', fit)
  fit()
  details.dataset['ready'] = ''
}

function copyButton(block: HTMLElement): void {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'copy'
  button.textContent = 'Copy'
  button.addEventListener('click', () => {
    void navigator.clipboard.writeText(block.querySelector('code')?.textContent ?? '').then(
      () => (button.textContent = 'Copied'),
      () => (button.textContent = 'Not allowed here'),
    )
  })
  const frame = document.createElement('div')
  frame.className = 'code'
  block.replaceWith(frame)
  frame.append(block, button)
}

const button = document.getElementById('theme')
if (button !== null) theme(button)
const details = document.querySelector<HTMLDetailsElement>('.menu details')
if (details !== null) menu(details)
for (const block of document.querySelectorAll<HTMLElement>('pre:not([aria-label=text])')) copyButton(block)
// The same pages may be read from anywhere; the console is where the bot serves them.
const toConsole = document.querySelector<HTMLElement>('.to-console')
if (toConsole !== null) toConsole.hidden = !location.pathname.startsWith('/docs')
const form = document.querySelector<HTMLFormElement>('.search')
if (form !== null) search(form)
