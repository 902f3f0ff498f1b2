import type { Action, ConnectView } from '../../../core/model/view.ts'
import { lineOf } from '../../../core/model/card-words.ts'
import { LIMITS } from '../limits.ts'
import type { ActionsBlock, Button, ConfirmationDialog, PlainTextOption, StaticSelect } from './block-kit.ts'
import { line } from './escape.ts'
import { plainText, type Part } from './parts.ts'

/** So many buttons stand in a row before a menu takes the rest. */
const ROW = 5

/** The buttons of a view; past five the plain ones go into a menu. Nothing when there are none. */
export function buttons(actions: readonly Action[]): Part[] {
  const able = actions.filter(({ action }) => action.length > 0 && action.length <= LIMITS.buttonValue)
  if (able.length === 0) return []
  // In a menu nothing can be red, and nobody is asked whether it is meant.
  const plain = ({ action, style }: Action): boolean => style === 'plain' && action.length <= LIMITS.optionValue
  let free = ROW - 1 - able.filter((action) => !plain(action)).length
  const standing = new Set(able.filter((action) => able.length <= ROW || !plain(action) || free-- > 0))
  const row = able.filter((action) => standing.has(action))
  const menu = able.filter((action) => !standing.has(action))
  return elements([
    ...row.map(button),
    ...slices(menu, LIMITS.selectOptions).map((some) =>
      select(
        'More …',
        some.map(({ action, label }) => option(label, '', action)),
      ),
    ),
  ])
}

/** What can be chosen: up to five are buttons, more are a menu, unless one is too long for it. */
export function choices(all: ConnectView['choices'], prompt: string): Part[] {
  const able = all.filter(({ action }) => action.length > 0 && action.length <= LIMITS.buttonValue)
  if (able.length <= ROW || able.some(({ action }) => action.length > LIMITS.optionValue)) {
    return elements(able.map(({ action, label }) => button({ action, label, style: 'plain' })))
  }
  return elements(
    slices(able, LIMITS.selectOptions).map((some) =>
      select(
        prompt,
        some.map(({ label, detail, action }) => option(label, detail, action)),
      ),
    ),
  )
}

/** One option of a menu; what is chosen comes back in its `value`. */
export function option(label: string, detail: string, value: string): PlainTextOption {
  const description = line(detail, LIMITS.optionDescription)
  return {
    text: plainText(label, LIMITS.optionText),
    value,
    ...(description === '' ? {} : { description: plainText(description, LIMITS.optionDescription) }),
  }
}

function select(placeholder: string, options: PlainTextOption[]): StaticSelect {
  return { type: 'static_select', placeholder: plainText(placeholder, LIMITS.placeholder), options }
}

function button({ action, label, style }: Action): Button {
  return {
    type: 'button',
    text: plainText(label, LIMITS.buttonText),
    value: action,
    ...(style === 'plain' ? {} : { style }),
    // A form is a second look already.
    ...(style === 'danger' && !action.startsWith('ask:') ? { confirm: confirmation(action, label) } : {}),
  }
}

function confirmation(action: string, label: string): ConfirmationDialog {
  const what = action.startsWith('run:') ? `This does ${lineOf(action)} for the whole team.` : 'The whole team sees it.'
  return {
    title: plainText(`${label}?`, LIMITS.confirmTitle),
    text: plainText(what, LIMITS.confirmText),
    confirm: plainText(label, LIMITS.confirmButton),
    deny: plainText('Cancel', LIMITS.confirmButton),
    style: 'danger',
  }
}

/** Rows of buttons and menus; the last ones go first where there is no room. */
function elements(all: readonly (Button | StaticSelect)[]): Part[] {
  if (all.length === 0) return []
  return [
    {
      rank: 'buttons',
      size: all.length,
      counts: false,
      draw: (count) =>
        slices(all.slice(0, count), LIMITS.actionElements).map((some): ActionsBlock => ({
          type: 'actions',
          elements: [...some],
        })),
    },
  ]
}

function slices<T>(all: readonly T[], size: number): (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))
}
