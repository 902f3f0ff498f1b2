import { html, nothing, render, type TemplateResult } from 'lit-html'
import { isolated } from '../../core/model/clean.ts'
import type { Form, FormField } from '../../core/model/form.ts'
import { cut } from '../../core/model/letters.ts'

/** What was filled in, by the field's name. */
export type Values = Readonly<Record<string, string>>

/**
 * Asks in a dialog what a form asks, and hands it to `send`. It closes once that has worked; until then what was typed
 * stays, with what went wrong. Resolves to whether it was sent; Escape and Cancel leave it at that.
 */
export function askForm(form: Form, send: (values: Values) => Promise<void>): Promise<boolean> {
  const dialog = document.createElement('dialog')
  dialog.className = 'form'
  dialog.setAttribute('aria-labelledby', 'form-title')
  let busy = false
  let trouble = ''
  let sent = false

  async function submit(event: Event): Promise<void> {
    event.preventDefault()
    if (busy || !(event.target instanceof HTMLFormElement) || !filled(event.target, form)) return
    const values = valuesOf(event.target, form)
    busy = true
    trouble = ''
    draw()
    try {
      await send(values)
      sent = true
      dialog.close()
    } catch (error) {
      trouble = error instanceof Error ? error.message : String(error)
      busy = false
      draw()
    }
  }

  function draw(): void {
    render(
      html`<form method="dialog" @submit=${submit}>
        <h2 id="form-title">${isolated(form.title)}</h2>
        ${form.fields.map((field, index) => row(field, index === 0))}
        <p class="form-trouble" role="alert">${trouble === '' ? nothing : trouble}</p>
        <div class="actions">
          <button type="submit" class="button primary" data-state=${busy ? 'pending' : 'idle'} aria-busy=${busy}>
            <span>${form.submit}</span>
          </button>
          <button type="button" class="button plain" @click=${() => dialog.close()}>Cancel</button>
        </div>
      </form>`,
      dialog,
    )
  }

  draw()
  document.body.append(dialog)
  // It gives the focus back to the button by itself.
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(sent)
    })
  })
}

/** Longer answers get more than a line. */
const LONG = 120

function row(field: FormField, first: boolean): TemplateResult {
  const { name, label, hint, optional } = field
  return html`<div class="form-field">
    <label for="form-${name}">${label}${optional ? html` <small>(optional)</small>` : nothing}</label>
    ${control(field, first)} ${hint === '' ? nothing : html`<p class="form-hint" id="form-${name}-hint">${hint}</p>`}
  </div>`
}

function control({ name, value, optional, most, hint, options }: FormField, first: boolean): TemplateResult {
  const about = hint === '' ? nothing : `form-${name}-hint`
  if (options !== undefined) {
    return html`<select id="form-${name}" name=${name} aria-describedby=${about} ?autofocus=${first}>
      ${options.map(
        (option) =>
          html`<option value=${option.value} ?selected=${option.value === value}>
            ${option.label}${option.detail === '' ? '' : `, ${option.detail}`}
          </option>`,
      )}
    </select>`
  }
  return most > LONG
    ? html`<textarea
        id="form-${name}"
        name=${name}
        rows="3"
        @input=${(event: Event) => keepTo(most, event)}
        ?required=${!optional}
        ?autofocus=${first}
        aria-describedby=${about}
        .defaultValue=${value}
      ></textarea>`
    : html`<input
        id="form-${name}"
        name=${name}
        type="text"
        @input=${(event: Event) => keepTo(most, event)}
        autocomplete="off"
        ?required=${!optional}
        ?autofocus=${first}
        aria-describedby=${about}
        .defaultValue=${value}
      />`
}

/** Browsers cut inside of a letter that is several code points. */
function keepTo(most: number, { target }: Event): void {
  if (!(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) return
  if (target.value.length > most) target.value = cut(target.value, most)
}

/** A required answer of blanks alone is none; the browser says so at the field, until it is typed in again. */
function filled(element: HTMLFormElement, form: Form): boolean {
  for (const { name, optional } of form.fields) {
    const input = element.elements.namedItem(name)
    if (!(input instanceof HTMLInputElement || input instanceof HTMLTextAreaElement)) continue
    input.setCustomValidity(!optional && input.value.trim() === '' ? 'Please write a few words.' : '')
    input.addEventListener('input', () => input.setCustomValidity(''), { once: true })
  }
  return element.reportValidity()
}

function valuesOf(element: HTMLFormElement, form: Form): Values {
  const data = new FormData(element)
  return Object.fromEntries(form.fields.map(({ name }) => [name, String(data.get(name) ?? '').trim()]))
}
