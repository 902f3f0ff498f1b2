/** What a form is for: a reason to say no, the policy's settings, or the choices of the onboarding. */
export type FormKind =
  | { readonly kind: 'deny'; readonly id: string }
  | { readonly kind: 'policy' }
  | { readonly kind: 'connect' }

/** The form that `ask:TEXT` means; null: none that is known. */
export function formOf(text: string): FormKind | null {
  const [kind, id = ''] = text.split(/:(.*)/s)
  if (kind === 'deny' && id !== '') return { kind, id }
  return kind === 'policy' || kind === 'connect' ? { kind } : null
}

/** The button or the line that a form stands for, filled in. */
export type Filled =
  | { readonly kind: 'action'; readonly action: string }
  | { readonly kind: 'line'; readonly text: string }

/** Reads a form that was sent: the same words a person could have typed. */
export function readForm(form: FormKind, values: Readonly<Record<string, string>>): Filled {
  if (form.kind === 'deny') return { kind: 'action', action: `deny:${form.id}` }
  if (form.kind === 'connect') return { kind: 'line', text: `connect ${values['choice'] ?? ''}` }
  const pairs = Object.entries(values)
    .map(([name, value]) => [name, value.replaceAll(/["“”\s]+/g, ' ').trim()] as const)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${quoted(value)}`)
  return { kind: 'line', text: `policy ${pairs.join(' ')}` }
}

/** Settings may hold spaces: a calendar does. */
function quoted(value: string): string {
  return /\s/.test(value) ? `"${value}"` : value
}
