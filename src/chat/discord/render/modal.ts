import type { APILabelComponent, APIModalInteractionResponseCallbackData } from 'discord.js'
import type { Form, FormField } from '../../chat.ts'
import { LIMITS } from '../limits.ts'
import { TYPE } from './parts.ts'
import { bare } from './escape.ts'
import { cut } from '../../../core/model/letters.ts'

/** What stands between a field's name and the number of a part of it. */
const PART = '#'

/** Longer answers than this get several lines. */
const ONE_LINE = 100

/**
 * A form as a modal. A list of more than 25 is asked in parts, any one of which answers it; fields beyond what a modal
 * holds are left out.
 */
export function renderForm(form: Form, customId: string): APIModalInteractionResponseCallbackData {
  let room: number = LIMITS.modalComponents
  const components = form.fields.flatMap((field, index) => {
    // Every field gets a part before any gets a second one.
    const waiting = Math.min(form.fields.length - index - 1, room - 1)
    const labels = room <= 0 ? [] : labelsOf(field).slice(0, room - waiting)
    room -= labels.length
    return labels
  })
  return { custom_id: customId, title: bare(form.title, LIMITS.modalTitle) || 'Spinup', components }
}

function labelsOf(field: FormField): readonly APILabelComponent[] {
  const { options = [] } = field
  const known = options.filter(
    ({ value }, index) =>
      value !== '' &&
      value.length <= LIMITS.optionValue &&
      options.findIndex((other) => other.value === value) === index,
  )
  // Discord takes no empty list; what nobody could list can still be typed.
  if (known.length === 0) return [labelled(field, '', input(field))]
  const parts = Array.from({ length: Math.ceil(known.length / LIMITS.selectOptions) }, (_, index) =>
    known.slice(index * LIMITS.selectOptions, (index + 1) * LIMITS.selectOptions),
  )
  return parts.map((part, index) => {
    const range = parts.length === 1 ? '' : ` (${index + 1} of ${parts.length})`
    return labelled(field, range, select(field, part, parts.length === 1 ? null : index))
  })
}

function labelled(field: FormField, range: string, component: APILabelComponent['component']): APILabelComponent {
  const description = bare(field.hint, LIMITS.inputHint)
  const label = (bare(field.label, LIMITS.inputLabel - range.length) || field.name) + range
  return { type: TYPE.label, label, ...(description === '' ? {} : { description }), component }
}

function input(field: FormField): APILabelComponent['component'] {
  const most = Math.max(1, Math.min(field.most, LIMITS.inputValue))
  return {
    type: TYPE.input,
    custom_id: field.name,
    style: most > ONE_LINE ? 2 : 1,
    required: !field.optional,
    max_length: most,
    ...(field.value === '' ? {} : { value: cut(field.value.toWellFormed(), most) }),
  }
}

function select(
  field: FormField,
  options: NonNullable<FormField['options']>,
  part: number | null,
): APILabelComponent['component'] {
  return {
    type: TYPE.select,
    custom_id: part === null ? field.name : `${field.name}${PART}${part}`,
    // Of several parts one is enough, and a choice that stands in another already would be in its way.
    required: part === null && !field.optional,
    min_values: part === null && !field.optional ? 1 : 0,
    max_values: 1,
    options: options.map(({ value, label, detail }) => {
      const description = bare(detail, LIMITS.optionDescription)
      return {
        value,
        label: bare(label, LIMITS.optionLabel) || value,
        ...(description === '' ? {} : { description }),
        ...(part === null && value === field.value ? { default: true } : {}),
      }
    }),
  }
}

/** A component of a sent modal, as the gateway or discord.js gives it. */
export interface Submitted {
  readonly component?: SubmittedField
  readonly components?: readonly SubmittedField[]
}

export interface SubmittedField {
  readonly custom_id?: string
  readonly customId?: string
  readonly value?: string
  readonly values?: readonly string[]
}

/** What was filled in, by the fields' names; what was left empty is an empty text. */
export function readSubmission(components: readonly Submitted[]): Record<string, string> {
  const filled = new Map<string, string>()
  for (const { component, components: row = [] } of components) {
    for (const field of component === undefined ? row : [component]) {
      const id = field.custom_id ?? field.customId
      if (id === undefined) continue
      const name = id.replace(/#\d+$/, '')
      const value = field.value ?? field.values?.[0] ?? ''
      if ((filled.get(name) ?? '') === '') filled.set(name, value)
    }
  }
  return Object.fromEntries(filled)
}
