import { html, nothing, render, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import type { Completion } from './api.ts'
import { icon } from './icons.ts'

export interface Composer {
  focus(): void
  /** Puts a line in, replacing what is there, and focuses its end. */
  fill(text: string): void
}

export interface ComposerOptions {
  readonly root: HTMLElement
  readonly complete: (text: string, signal: AbortSignal) => Promise<readonly Completion[]>
  readonly send: (text: string) => void
  readonly history: () => readonly string[]
  readonly name: () => string
  readonly rename: (name: string) => void
}

/** Typing rests this long before completions are asked for, ms. */
const REST_MS = 70

/** The line at the bottom: a combobox (WAI-ARIA) with completions and a history. */
export function createComposer(options: ComposerOptions): Composer {
  const { root } = options
  let text = ''
  let completions: readonly Completion[] = []
  /** -1: none chosen yet; Tab takes the first. */
  let chosen = -1
  /** How many lines back in the history; 0: the line being typed, which is kept in `draft`. */
  let back = 0
  let draft = ''
  let rest = 0
  let asking: AbortController | null = null

  const input = (): HTMLInputElement => root.querySelector<HTMLInputElement>('#line') as HTMLInputElement

  function ask(): void {
    clearTimeout(rest)
    asking?.abort()
    if (text.trim() === '') return close()
    const controller = new AbortController()
    asking = controller
    rest = setTimeout(() => {
      options.complete(text, controller.signal).then(
        (list) => {
          if (controller.signal.aborted) return null
          completions = list.filter((completion) => completion.text.trim() !== text.trim()).slice(0, 8)
          chosen = -1
          return draw()
        },
        // No completions is no harm; sending still works. One that was broken off must not close those asked for since.
        () => (controller.signal.aborted ? null : close()),
      )
    }, REST_MS)
  }

  function close(): void {
    clearTimeout(rest)
    asking?.abort()
    completions = []
    chosen = -1
    draw()
  }

  function write(next: string): void {
    text = next
    draw()
    input().setSelectionRange(next.length, next.length)
  }

  function accept(index: number): void {
    const completion = completions[index]
    if (completion === undefined) return
    write(completion.text)
    input().focus()
    ask()
  }

  function submit(): void {
    const line = text.trim()
    if (line === '') return
    back = 0
    text = ''
    close()
    options.send(line)
  }

  function recall(step: 1 | -1): void {
    const lines = options.history()
    const next = Math.min(lines.length, Math.max(0, back + step))
    if (next === back) return
    if (back === 0) draft = text
    back = next
    completions = []
    write(back === 0 ? draft : (lines.at(-back) ?? ''))
  }

  function key(event: KeyboardEvent): void {
    const open = completions.length > 0
    if (event.isComposing) return
    if (event.key === 'Tab' && open && !event.shiftKey) accept(Math.max(0, chosen))
    else if (event.key === 'Enter') {
      if (open && chosen >= 0) accept(chosen)
      else submit()
    } else if (event.key === 'Escape' && open) close()
    else if (event.key === 'Escape' && text !== '') write('')
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const down = event.key === 'ArrowDown'
      if (open && back === 0) {
        const count = completions.length
        chosen = chosen === -1 ? (down ? 0 : count - 1) : (chosen + (down ? 1 : -1) + count) % count
        draw()
        root.querySelector(`#completion-${chosen}`)?.scrollIntoView({ block: 'nearest' })
      } else recall(down ? -1 : 1)
    } else return
    event.preventDefault()
  }

  function list(): TemplateResult | typeof nothing {
    if (completions.length === 0) return nothing
    return html`<ul id="completions" class="completions" role="listbox" aria-label="Completions">
      ${completions.map(
        (completion, index) =>
          html`<li
            id="completion-${index}"
            role="option"
            aria-selected=${index === chosen}
            @pointerdown=${(event: Event) => event.preventDefault()}
            @click=${() => accept(index)}
          >
            <code>${completion.text}</code><span>${completion.hint}</span>
          </li>`,
      )}
    </ul>`
  }

  function draw(): void {
    const open = completions.length > 0
    render(
      html`<form
        class="composer"
        @submit=${(event: Event) => {
          event.preventDefault()
          submit()
        }}
      >
        ${list()}
        <div class="composer-box">
          <input
            id="line"
            type="text"
            .value=${live(text)}
            placeholder="/spinup status"
            aria-label="Command"
            role="combobox"
            aria-expanded=${open}
            aria-controls="completions"
            aria-autocomplete="list"
            aria-activedescendant=${chosen >= 0 ? `completion-${chosen}` : nothing}
            autocomplete="off"
            autocapitalize="off"
            dir="auto"
            spellcheck="false"
            enterkeyhint="send"
            @input=${(event: Event) => {
              text = (event.target as HTMLInputElement).value
              back = 0
              draw()
              ask()
            }}
            @keydown=${key}
            @blur=${close}
          />
          <button type="submit" class="send" aria-label="Send" ?disabled=${text.trim() === ''}>${icon('send')}</button>
        </div>
        <div class="composer-foot">
          <label class="name-field"
            >as
            <input
              type="text"
              .value=${live(options.name())}
              dir="auto"
              aria-label="Your name"
              autocomplete="nickname"
              spellcheck="false"
              @change=${(event: Event) => {
                options.rename((event.target as HTMLInputElement).value)
                draw()
              }}
          /></label>
          <a class="to-docs" href="/docs/">Documentation</a>
          <span class="keys" aria-hidden="true"
            ><kbd>/</kbd> focus <kbd>Tab</kbd> complete <kbd>↑</kbd> history <kbd>Enter</kbd> send</span
          >
        </div>
      </form>`,
      root,
    )
  }

  draw()
  return {
    focus: () => input().focus(),
    fill(line) {
      completions = []
      write(line)
      input().focus()
      ask()
    },
  }
}
