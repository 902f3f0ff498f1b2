import { plural } from '../../../core/model/words.ts'
import type { Action } from '../../../core/model/view.ts'
import { customIdOf, isShortened } from '../commands.ts'
import { LIMITS } from '../limits.ts'
import { TYPE, type Button, type Choice, type Inner, type Part, type Row, type SelectOption } from './parts.ts'
import { bare, code, escape } from './escape.ts'

/** Buttons and selects of one message. */
export interface Controls {
  /** What stands for the part; nothing is shown twice. */
  of(part: Part): readonly Inner[]
  /** What the shortened custom ids stand for. */
  longActions(): ReadonlyMap<string, string>
}

/** More choices than this are a select. */
const MOST_CHOICE_BUTTONS = 5

/** More buttons than this are two rows of buttons and a select. */
const MOST_BUTTONS = 2 * LIMITS.buttons

const STYLES = { primary: 1, plain: 2, approve: 3, danger: 4 } as const

/** The value of a select's option is the custom id that its button would have; the select's own is `pick:N`. */
export function createControls(): Controls {
  const long = new Map<string, string>()
  const used = new Set<string>()
  let selects = 0
  let rowsLeft: number = LIMITS.actionRows

  /** The same action twice in a message is the same button. */
  function fresh<One extends { readonly action: string }>(list: readonly One[]): readonly One[] {
    return list.filter(({ action }) => {
      const id = customIdOf(action)
      if (used.has(id)) return false
      used.add(id)
      return true
    })
  }

  /** The action's custom id, remembered where that does not say it all. */
  function idOf(action: string): string {
    const id = customIdOf(action)
    if (isShortened(id)) long.set(id, action)
    return id
  }

  function button({ action, label, style }: Action): Button {
    return {
      type: TYPE.button,
      style: STYLES[action.startsWith('approve:') ? 'approve' : style],
      label: bare(label, LIMITS.buttonLabel) || '…',
      custom_id: idOf(action),
    }
  }

  function option({ label, detail, action }: Choice): SelectOption {
    const description = bare(detail, LIMITS.optionDescription)
    return {
      label: bare(label, LIMITS.optionLabel) || '…',
      value: idOf(action),
      ...(description === '' ? {} : { description }),
    }
  }

  function buttonRow(actions: readonly Action[]): Row {
    rowsLeft--
    return { type: TYPE.row, components: actions.map(button) }
  }

  function selectRows(choices: readonly Choice[], placeholder: string, most: number): readonly Inner[] {
    const shown: Row[] = []
    let rest = choices
    while (rest.length > 0 && shown.length < most && rowsLeft > 0) {
      const options = rest.slice(0, LIMITS.selectOptions).map(option)
      const words = bare(shown.length === 0 ? placeholder : `${placeholder} (more)`, LIMITS.placeholder)
      const select = { type: TYPE.select, custom_id: `pick:${selects++}`, placeholder: words, options } as const
      shown.push({ type: TYPE.row, components: [select] })
      rest = rest.slice(LIMITS.selectOptions)
      rowsLeft--
    }
    return rest.length === 0 ? shown : [...shown, note(`… ${plural(rest.length, 'choice')} more`)]
  }

  return {
    of(part) {
      if (part.kind === 'buttons') {
        const actions = fresh(part.actions)
        const often = actions.filter(({ more }) => more !== true)
        const direct = often.length > MOST_BUTTONS ? often.slice(0, LIMITS.buttons) : often
        const others = [...often.slice(direct.length), ...actions.filter(({ more }) => more === true)].map(
          ({ action, label }) => ({ action, label, detail: '' }),
        )
        return [...chunks(direct, LIMITS.buttons).map(buttonRow), ...selectRows(others, 'More …', 1)]
      }
      if (part.kind !== 'choices') return []
      const choices = fresh(part.choices)
      const { button: word } = part
      if (word === null || choices.length > MOST_CHOICE_BUTTONS) return selectRows(choices, part.placeholder, 3)
      return choices.map((choice) => ({
        type: TYPE.section,
        components: [{ type: TYPE.text, content: choiceWords(choice) }],
        accessory: button({ action: choice.action, label: word, style: 'plain' }),
      }))
    },
    longActions: () => long,
  }
}

function choiceWords({ label, detail, action }: Choice): string {
  const head = `**${escape(label, 80) || code(action, 80) || '…'}**`
  return detail === '' ? head : `${head}\n${escape(detail, 160)}`
}

function note(words: string): Inner {
  return { type: TYPE.text, content: `-# ${words}` }
}

function chunks<One>(list: readonly One[], most: number): readonly (readonly One[])[] {
  return Array.from({ length: Math.ceil(list.length / most) }, (_, index) =>
    list.slice(index * most, (index + 1) * most),
  )
}
