import { answer, isDone } from '../core/model/answer.ts'
import type { View } from '../core/model/view.ts'
import type { Command, Here } from './command.ts'
import { noSuchPool, poolCalled } from '../core/pool/unmanaged.ts'
import { meaningful, readEnd } from './grammar/words.ts'

/** `pool`: its name; `off` for none; null asks which it is. */
export const command: Command<{ readonly kind: 'use'; readonly pool: string | null }> = {
  name: 'use',
  task: 'setup',
  aliases: 'switch to, switch, select',
  asks: { '': 'which pool channel, what pool channel' },
  summary: 'which pool this channel’s commands are for when they name none',
  usage: 'use [POOL | off]',
  example: '/spinup use api',
  parse: (words) => {
    const [pool, ...rest] = meaningful(words)
    readEnd(rest)
    return { kind: 'use', pool: pool?.toLowerCase() ?? null }
  },
  options: [
    {
      name: 'pool',
      summary: 'Its name, or off; leave it out to see which it is',
      kind: 'text',
      offers: ({ pools }) => [...pools, 'off'],
    },
  ],
  next: (words, { pools }) => (words.length === 0 ? [...pools, 'off'] : []),
  reads: ({ pool }) => pool === null,
  access: 'open',
  needs: 'nothing',
  audit: { words: ({ pool }) => pool ?? '', beside: isDone },
  run: (here, { pool }) => use(here, pool),
}

async function use({ services, asker, pools }: Here, word: string | null): Promise<readonly View[]> {
  const { place } = asker
  if (word === null) {
    const used = await services.team.usedIn(place)
    const usual = pools.find(({ pool }) => pool.id === used)?.pool
    if (usual === undefined)
      return [answer('info', 'No pool is set for this channel', 'Commands name theirs: /spinup status api.')]
    return [answer('info', `This channel uses ${usual.name}`, 'Commands that name no pool are for it.', [OFF])]
  }
  if (word === 'off') {
    await services.team.use(place, null)
    return [answer('good', 'This channel uses no pool any more', 'Commands name theirs: /spinup status api.')]
  }
  const all = pools.map(({ pool }) => pool)
  const found = poolCalled(all, word)
  if (found === null) {
    throw noSuchPool(
      word,
      all.map(({ name }) => name),
    )
  }
  await services.team.use(place, found.id)
  return [answer('good', `This channel uses ${found.name}`, 'Commands that name no pool are for it.', [OFF])]
}

const OFF = { action: 'run:/spinup use off', label: 'Use none', style: 'plain' } as const
