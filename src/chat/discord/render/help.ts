import type { HelpView } from '../../../core/model/view.ts'
import { code, prose } from './escape.ts'
import { headline, sheet, text } from './parts.ts'
import type { Part, Sheet } from './parts.ts'

/** Every command in a line, with a menu that gives the example of each; one alone gives its own. */
export function help({ commands }: HelpView): Sheet {
  const [only] = commands
  const lines = commands.map(({ usage, summary }) => `${code(usage, 120)} ${prose(summary, 120).join(' ')}`)
  if (only !== undefined && commands.length === 1) {
    return sheet('info', headline('📖', lines[0] ?? ''), text(1, `For example: ${code(only.example)}`))
  }
  return sheet(
    'info',
    headline('📖', `What I understand: ${commands.length} commands`),
    text(1, ...lines),
    menu(commands),
  )
}

function menu(commands: HelpView['commands']): Part {
  const choices = commands.map(({ name, summary }) => ({
    label: name,
    detail: summary,
    action: `run:/spinup help ${name}`,
  }))
  return { kind: 'choices', choices, placeholder: 'An example of …', button: null }
}
