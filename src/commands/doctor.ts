import type { Command } from './command.ts'
import { alone } from './grammar/words.ts'

/** Begins a check-up, which has its own card; or takes the press of such a card's button. */
export const command: Command<{ readonly kind: 'doctor'; readonly press?: string }> = {
  name: 'doctor',
  task: 'setup',
  aliases: 'check, diagnose, diag, selftest, self test, version, debug, verify, health check, healthcheck',
  asks: {
    '': 'version, doctor, diagnose, agent, redis, what version, which version, misconfigured, token, is redis, is agent, is token',
  },
  summary: 'checks Redis, the clock, the account, agents, balancer and chats; one thing to do about each fault',
  usage: 'doctor',
  example: '/spinup doctor',
  parse: alone({ kind: 'doctor' }),
  forOne: true,
  access: 'read',
  needs: 'nothing',
  buttons: { 'doctor:press': (press) => ({ kind: 'doctor', press }) },
  run: async ({ services, asker }, { press }) => {
    if (press !== undefined) return services.doctor.press(services, press, asker)
    await services.doctor.begin(services, asker)
    return []
  },
}
