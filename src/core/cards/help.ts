import type { HelpView } from '../model/view.ts'
import { card, rows, type Block, type Card, type Row } from './card.ts'

/** Every command with what it does; one alone with its example. */
export function helpCard({ commands }: HelpView): Card {
  const [only] = commands
  if (only !== undefined && commands.length === 1) {
    return card(
      { tone: 'info', mark: 'book', headline: only.usage },
      [
        rows(
          [
            { mark: null, words: [only.summary] },
            { mark: null, words: ['For example ', { code: only.example }] },
          ],
          'line',
        ),
      ],
      { audience: 'person' },
    )
  }
  const list = commands.map(({ usage, summary, example }): Row => ({
    mark: null,
    words: [{ code: usage, type: example }, `  ${summary}`],
  }))
  return card(
    { tone: 'info', mark: 'book', headline: `What you can type: ${commands.length} commands` },
    [rows(list, 'command'), menu(commands)],
    { audience: 'person' },
  )
}

function menu(commands: HelpView['commands']): Block {
  const choices = commands.map(({ name, summary }) => ({
    label: name,
    detail: summary,
    action: `run:/spinup help ${name}`,
  }))
  return { kind: 'choices', choices, prompt: 'An example of …', menu: true }
}
