import { commandCalled } from '../chat/grammar.ts'
import type { Command } from './command.ts'
import { noSuchCommand } from './grammar/bad-words.ts'
import { readEnd } from './grammar/words.ts'

/** `topic`: one command's name; null: all. */
export const command: Command<{ readonly kind: 'help'; readonly topic: string | null }> & { readonly needs: 'words' } =
  {
    name: 'help',
    summary: 'what I understand, with an example of each',
    usage: 'help [COMMAND]',
    example: '/spinup help pin',
    parse: ([word, ...rest], { commands }) => {
      readEnd(rest)
      if (word === undefined) return { kind: 'help', topic: null }
      const topic = commandCalled(commands, word)
      if (topic === null) throw noSuchCommand(word, commands, (near) => ['help', near])
      return { kind: 'help', topic: topic.name }
    },
    options: [{ name: 'command', summary: 'Of one command alone', kind: 'text', offers: ({ commands }) => commands }],
    forOne: true,
    next: (words, facts) => (words.length === 0 ? facts.commands : []),
    access: 'read',
    needs: 'words',
    run: (commands, { topic }) => [
      {
        kind: 'help',
        commands: commands
          .filter(({ name }) => topic === null || name === topic)
          .map(({ name, usage, summary, example }) => ({ name, usage: `/spinup ${usage}`, summary, example })),
      },
    ],
  }
