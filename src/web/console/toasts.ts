import { html, render } from 'lit-html'
import { repeat } from 'lit-html/directives/repeat.js'
import { icon } from './icons.ts'

export interface Toasts {
  show(text: string, tone: 'good' | 'bad'): void
}

/** Short notes at the bottom; errors stay longer. */
export function createToasts(root: HTMLElement): Toasts {
  let toasts: readonly { readonly id: number; readonly text: string; readonly tone: string }[] = []
  let next = 0
  const draw = (): void => {
    render(
      repeat(
        toasts,
        ({ id }) => id,
        ({ id, text, tone }) =>
          html`<div class="toast tone-${tone}">
            ${icon(tone === 'good' ? 'check' : 'warn')}<span>${text}</span>
            <button type="button" class="icon-button" aria-label="Dismiss" @click=${() => drop(id)}>
              ${icon('cross')}
            </button>
          </div>`,
      ),
      root,
    )
  }
  const drop = (id: number): void => {
    toasts = toasts.filter((toast) => toast.id !== id)
    draw()
  }
  return {
    show(text, tone) {
      const id = next++
      toasts = [...toasts.slice(-2), { id, text, tone }]
      draw()
      setTimeout(() => drop(id), tone === 'bad' ? 9000 : 3000)
    },
  }
}
