import { answer } from '../core/model/answer.ts'
import type { View } from '../core/model/view.ts'
import { status } from '../engine/reports/live.ts'
import type { Command } from './command.ts'
import { alone } from './grammar/words.ts'

export const command: Command<{ readonly kind: 'status' }> = {
  name: 'status',
  task: 'look',
  aliases:
    'list, ls, ps, info, state, health, overview, members, servers, droplets, nodes, clones, instances, ' +
    'machines, ping, sitrep, wassup, st',
  phrases: { '': 'status all, status update, status report, status of everything, all, who' },
  asks: {
    '':
      'how many, how big, how are, how is, how it going, how look, is ok, is up, is down, is alive, is working, ' +
      'are we, are you, up, down, ok, okay, fine, alive, healthy, running, working, broken, dead, server, ' +
      'droplet, member, clone, node, instance, machine, size, count, status, state, health, going on, what doing, ' +
      'happening, what up, wassup, pin, pinned, pause, paused, protect, protected, how long, where, site, ' +
      'outage, busy, overloaded, overload, scaling, still, good, there, everything, autoscaling, autoscale, on, when pin, when end, when pause, when will pin, when will pause, p95, latency, rps, traffic, how much traffic, visitor, request, deploying, refreshing',
  },
  summary: 'the pool now: members, load, overrides, cost',
  usage: 'status',
  example: '/spinup status',
  parse: alone({ kind: 'status' }),
  access: 'read',
  needs: 'nothing',
  pools: 'each',
  run: async ({ services, state, pools }) => [
    state === null ? NOTHING_YET : await status(services, state, pools.length > 1),
  ],
}

/** What a newcomer sees first. */
const NOTHING_YET: View = {
  ...answer(
    'info',
    'No droplet is connected yet',
    'Type /spinup connect to begin. It takes about five minutes, and nothing is changed before you say so.',
    [{ action: 'run:/spinup connect', label: 'Connect a droplet', style: 'primary' }],
  ),
  private: true,
}
