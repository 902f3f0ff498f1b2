import type { Action, ConnectView } from '../../../core/model/view.ts'
import { lineOf } from '../../../core/model/card-words.ts'
import { plural } from '../../../core/model/words.ts'
import { LIMITS } from '../limits.ts'
import type { ActionsBlock, Button, ConfirmationDialog, Overflow, PlainTextOption, StaticSelect } from './rich.ts'
import { line } from './escape.ts'
import { aside, plainText, type Part } from './parts.ts'

/** So many buttons stand in a row before a menu takes the rest. */
const ROW = 5

/** The buttons of a view; those seldom pressed, and past five the plain ones, go into a menu. Nothing when there are none. */
export function buttons(actions: readonly Action[]): readonly Part[] {
  const able = actions.filter(({ action }) => action.length > 0 && action.length <= LIMITS.buttonValue)
  // In a menu nothing can be red, and nobody is asked whether it is meant.
  const plain = ({ action, style }: Action): boolean => style === 'plain' && action.length <= LIMITS.optionValue
  const inMenu = (one: Action): boolean => one.more === true && plain(one)
  const often = able.filter((one) => !inMenu(one))
  let free = ROW - 1 - often.filter((one) => !plain(one)).length
  const standing = new Set(often.filter((one) => often.length <= ROW || !plain(one) || free-- > 0))
  const row = able.filter((action) => standing.has(action))
  const menu = able.filter((action) => !standing.has(action))
  const options = menu.slice(0, LIMITS.selectOptions).map(({ action, label }) => option(label, '', action))
  const small = options.length > 0 && options.length <= LIMITS.overflowOptions
  const shown = [
    ...row.slice(0, LIMITS.actionElements - 1).map(button),
    ...(small ? [{ type: 'overflow', options } as const] : menus('More …', options)),
  ]
  const many = row.slice(LIMITS.actionElements - 1).length + menu.slice(LIMITS.selectOptions).length
  return [...unshown(actions.length - able.length + many, 'button'), ...elements(shown)]
}

/** So many menus of choices stand side by side. */
const MENUS = 2

/** What can be chosen: up to five are buttons, more are a menu, unless one is too long for it. */
export function choices(all: ConnectView['choices'], prompt: string): readonly Part[] {
  const able = all.filter(({ action }) => action.length > 0 && action.length <= LIMITS.buttonValue)
  const asButtons = able.length <= ROW || able.some(({ action }) => action.length > LIMITS.optionValue)
  const some = able.slice(0, asButtons ? LIMITS.actionElements : MENUS * LIMITS.selectOptions)
  const shown = asButtons
    ? some.map(({ action, label }) => button({ action, label, style: 'plain' }))
    : menus(
        prompt,
        some.map(({ label, detail, action }) => option(label, detail, action)),
      )
  return [...unshown(all.length - some.length, 'choice'), ...elements(shown)]
}

function unshown(count: number, noun: string): readonly Part[] {
  return count === 0 ? [] : aside([`… ${plural(count, `more ${noun}`)}; type the command instead`], 'facts')
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

function menus(placeholder: string, options: readonly PlainTextOption[]): readonly StaticSelect[] {
  return slices(options, LIMITS.selectOptions).map((some) => ({
    type: 'static_select',
    placeholder: plainText(placeholder, LIMITS.placeholder),
    options: [...some],
  }))
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
  const what = action.startsWith('run:') ? `This runs ${lineOf(action)} for the whole team.` : 'The whole team sees it.'
  return {
    title: plainText(`${label}?`, LIMITS.confirmTitle),
    text: plainText(what, LIMITS.confirmText),
    confirm: plainText(label, LIMITS.confirmButton),
    deny: plainText('Cancel', LIMITS.confirmButton),
    style: 'danger',
  }
}

/** Rows of buttons and menus; the last ones go first where there is no room. */
function elements(all: readonly (Button | Overflow | StaticSelect)[]): Part[] {
  if (all.length === 0) return []
  return [
    {
      rank: 'buttons',
      size: all.length,
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
