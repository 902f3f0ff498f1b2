import { commandCalled } from '../chat/grammar.ts'
import { nearest } from '../core/model/nearest.ts'
import { TASKS } from '../core/model/task.ts'
import type { Command } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'

const ALL = 'all'

/** `topic`: a command's name, a task, or `all`; null: one screen. */
export const command: Command<{ readonly kind: 'help'; readonly topic: string | null }> & { readonly needs: 'words' } =
  {
    name: 'help',
    task: 'setup',
    aliases: '?, h, -h, man, manual, commands, menu, sos, halp',
    phrases: {
      '': 'what can you do, what can i type, what can i do, what do you do, who are you',
      '*':
        'help me *, help with *, how to *, how do i *, how do you *, how do we *, how can i *, how can we *, ' +
        'can i *, can we *, may i *, may we *, shall i *, shall we *, should i *, should we *',
      all: 'more, help more',
    },
    asks: {
      '*': 'what does do, what mean',
      refresh: 'deploy, deployed, redeploy, release, rollout, snapshot, update, upgrade',
      whatif: 'what would happen, would happen if, what if!',
      '': 'command, need help, lost, what now',
    },
    summary: 'what I understand, with an example of each',
    usage: 'help [COMMAND | look | scaling | hold | rules | setup | all]',
    example: '/spinup help pin',
    parse: (words, { commands }) => {
      const [word] = words
      if (word === undefined) return { kind: 'help', topic: null }
      const names = [...commands.map(({ name }) => name), ...TASKS, ALL]
      const topics = words.map((one) => {
        return names.find((name) => name === one.toLowerCase()) ?? commandCalled(commands, one)?.name
      })
      const topic = topics.find((known) => known !== undefined)
      if (topic !== undefined) return { kind: 'help', topic }
      const near = nearest(word, names)
      throw new BadWords(
        `There is no command called “${word}”.`,
        near === null ? '/spinup help' : `/spinup help ${near}`,
      )
    },
    options: [
      {
        name: 'command',
        summary: 'One command, or all of a task',
        kind: 'text',
        offers: ({ commands }) => [...TASKS, ...commands],
      },
    ],
    forOne: true,
    next: (words, facts) => (words.length === 0 ? [...facts.commands, ...TASKS, ALL] : []),
    access: 'read',
    needs: 'words',
    run: (commands, { topic }) => [
      {
        kind: 'help',
        topic: TASKS.find((task) => task === topic) ?? (topic === ALL ? 'all' : topic === null ? 'tasks' : 'command'),
        commands: commands
          .filter(({ name, task }) => topic === null || topic === ALL || task === topic || name === topic)
          .map(({ name, task, usage, summary, example }) => {
            return { name, task, usage: `/spinup ${usage}`, summary, example }
          }),
      },
    ],
  }
