import type { AnswerView, ErrorView, HelpView } from '../model/view.ts'
import { actions, card, facts, notes, rows, text, type Block, type Card, type Row, type Span } from './card.ts'
import { plural } from '../model/words.ts'
import { TASKS, type Task } from '../model/task.ts'

/** A plain answer or acknowledgement. */
export function answerCard(view: AnswerView): Card {
  return card(
    { tone: view.tone, mark: view.tone, headline: view.title },
    [
      text(view.text, 'story', view.private === true ? { from: 'oneTime' } : {}),
      facts(view.fields.map(({ name, value }) => [name, value])),
      actions(view.actions),
    ],
    {
      gist: view.text,
      audience: view.private === true ? 'person' : 'channel',
      urgency: view.tone === 'bad' || view.tone === 'warn' ? 'trouble' : 'change',
    },
  )
}

/** What was typed could not be taken: why, the nearest right line, an example. */
export function errorCard({ message, suggestion, example }: ErrorView): Card {
  const hint = (label: string, line: string | null): readonly Row[] =>
    line === null ? [] : [{ mark: null, words: [`${label}  `, { code: line }] }]
  return card(
    { tone: 'bad', mark: 'bad', headline: message },
    [rows([...hint('Did you mean', suggestion), ...hint('For example', example)], 'hint', 'facts')],
    { audience: 'person' },
  )
}

/** One screen by task; all of a task, or all there are, with what each does; one command with its example. */
export function helpCard(view: HelpView): Card {
  const { topic, commands } = view
  const [only] = commands
  if (topic === 'tasks') return screen(commands)
  if (only !== undefined && topic === 'command') {
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
  const headline =
    topic === 'all' || topic === 'command'
      ? `All ${plural(commands.length, 'command')}`
      : `${LABELS[topic]}: what you can type`
  return card({ tone: 'info', mark: 'book', headline }, [rows(list, 'command'), menu(commands)], { audience: 'person' })
}

const LABELS: Readonly<Record<Task, string>> = {
  look: 'Look',
  scaling: 'Scale',
  hold: 'Hold',
  rules: 'Rules',
  setup: 'Set up',
}

/** So many commands of each task stand on the one screen. */
const SHOWN = 5

function screen(commands: HelpView['commands']): Card {
  const tasks = TASKS.map((task) => ({ task, own: commands.filter((one) => one.task === task) })).filter(
    ({ own }) => own.length > 0,
  )
  const list = tasks.map(({ task, own }): Row => ({ mark: null, words: [{ strong: LABELS[task] }, ...namesOf(own)] }))
  return card(
    { tone: 'info', mark: 'book', headline: 'What you can type' },
    [
      rows(list, 'task'),
      notes(['Or ask: ', { code: 'how many are running?' }, ' One explained: ', { code: 'help pin' }]),
      actions(
        tasks.map(({ task }) => ({
          action: `run:/spinup help ${task}`,
          label: `More: ${LABELS[task]}`,
          style: 'plain',
        })),
      ),
    ],
    { audience: 'person' },
  )
}

function namesOf(own: HelpView['commands']): readonly Span[] {
  const names = own.slice(0, SHOWN).flatMap(({ name, example }): Span[] => ['  ', { code: name, type: example }])
  return own.length > SHOWN ? [...names, '  …'] : names
}

function menu(commands: HelpView['commands']): Block {
  const choices = commands.map(({ name, summary }) => ({
    label: name,
    detail: summary,
    action: `run:/spinup help ${name}`,
  }))
  return { kind: 'choices', choices, prompt: 'An example of …', menu: true }
}
