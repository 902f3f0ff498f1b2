import { SpinupError } from '../../../core/model/error.ts'
import type { Form, FormField } from '../../chat.ts'
import { LIMITS } from '../limits.ts'
import type { InputBlock, ModalView } from './rich.ts'
import { option } from './buttons.ts'
import { clip } from '../../../core/model/letters.ts'
import { line } from './escape.ts'
import { plainText } from './parts.ts'

/** What the `callback_id` of every form is. */
export const FORM_ID = 'spinup:form'

/** A form as a modal. `metadata` comes back with its submission; throws `badInput` when it has over 3,000 characters. */
export function renderForm(form: Form, metadata: string): ModalView {
  if (metadata.length > LIMITS.privateMetadata) {
    throw new SpinupError('badInput', 'The button’s action is too long for a Slack form; type the command instead.')
  }
  return {
    type: 'modal',
    callback_id: FORM_ID,
    private_metadata: metadata,
    title: plainText(form.title, LIMITS.viewTitle),
    submit: plainText(form.submit, LIMITS.viewButton),
    close: plainText('Cancel', LIMITS.viewButton),
    blocks: form.fields.slice(0, LIMITS.blocksPerView).map(input),
  }
}

/** What Slack hands over of one input. */
interface Submitted {
  readonly value?: string | null | undefined
  readonly selected_option?: { readonly value?: string | null | undefined } | null | undefined
}

/** The values of a submitted form by field name (`view.state.values` of the submission); what was left empty is ''. */
export function readSubmission(
  values: Readonly<Record<string, Readonly<Record<string, Submitted>>>>,
): Record<string, string> {
  const read: (readonly [string, string])[] = Object.values(values)
    .flatMap((inputs) => Object.entries(inputs))
    .map(([name, { value, selected_option }]) => [name, value ?? selected_option?.value ?? ''])
  // Not assigned one by one: a name like `__proto__` would be lost.
  return Object.fromEntries(read)
}

/** Longer answers get a box of several lines. */
const ONE_LINE = 120

function input(field: FormField): InputBlock {
  const hint = line(field.hint, LIMITS.inputHint)
  return {
    type: 'input',
    block_id: `field:${field.name}`,
    label: plainText(field.label, LIMITS.inputLabel),
    optional: field.optional,
    ...(hint === '' ? {} : { hint: plainText(hint, LIMITS.inputHint) }),
    element: element(field),
  }
}

function element(field: FormField): InputBlock['element'] {
  const options = (field.options ?? [])
    .filter(({ value }) => value.length > 0 && value.length <= LIMITS.optionValue)
    .slice(0, LIMITS.selectOptions)
    .map(({ value, label, detail }) => option(label, detail, value))
  if (options.length > 0) {
    // Slack wants the very same option again, or refuses the form.
    const initial = options.find(({ value }) => value === field.value)
    return {
      type: 'static_select',
      action_id: field.name,
      options,
      placeholder: plainText('Choose …', LIMITS.placeholder),
      ...(initial === undefined ? {} : { initial_option: initial }),
    }
  }
  const most = Math.max(1, Math.min(field.most, LIMITS.inputMost))
  const value = clip(field.value, most)
  return {
    type: 'plain_text_input',
    action_id: field.name,
    multiline: most > ONE_LINE,
    max_length: most,
    ...(value === '' ? {} : { initial_value: value }),
  }
}
