import type { HelpView } from '../../../../core/model/view.ts'
import type { Drawn } from '../context.ts'
import { aside, headline, rows } from '../parts.ts'
import { code, glue, say, type Span } from '../rich.ts'

/** Every command with what it does; an example where the usage is not one already. */
export function drawHelp(view: HelpView): Drawn {
  return {
    parts: [
      headline('💬', view.commands.length === 1 ? 'Command' : 'Commands'),
      ...rows(
        view.commands.map(({ usage, summary, example }): readonly Span[] => [
          code(usage),
          glue('  '),
          say(summary),
          ...(example === '' || example === usage ? [] : [glue('\n      e.g. '), code(example)]),
        ]),
        { rank: 'story', noun: 'command', most: 60 },
      ),
      ...aside(['In a thread or a message, mention Spinup and write what would follow /spinup.']),
    ],
  }
}
