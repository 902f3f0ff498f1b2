import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { messageOf } from '../../core/model/error.ts'
import type { Asker } from '../../core/model/platforms.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { Action, CheckLine, DoctorView } from '../../core/model/view.ts'
import type { CheckUp, CheckUps } from '../../store/check-ups.ts'
import { answer } from '../../core/model/answer.ts'
import { poolsSeen } from '../reports/live.ts'
import type { Doctor, Services } from '../services.ts'
import { ok, runCheck, skipped, took, warn, type Check } from './check.ts'
import { poolChecks } from './checks/pool.ts'

export interface DoctorOptions {
  readonly checkUps: CheckUps
  /** What is looked at in addition to the asker's pools: of the installation where it is their own, else their chat alone. */
  readonly checks: (asker: Asker, states: readonly PoolState[]) => readonly Check[]
  readonly log: Logger
  /** How long the button is waited for; five minutes unless given. */
  readonly buttonMs?: number
  /** Cards are edited about this often while they fill in; 0.7 s unless given. */
  readonly paceMs?: number
}

const BUTTON = 'Buttons'
const BUTTON_MS = 5 * 60_000
const PACE_MS = 700
/** A press whose card was not edited by then is recorded as that. */
const EDITED_MS = 10_000
const LOOK_MS = 20

export function createDoctor(options: DoctorOptions): Doctor {
  const { checkUps, log, buttonMs = BUTTON_MS, paceMs = PACE_MS } = options
  const stopping = new AbortController()
  const running = new Set<Promise<void>>()
  const inBackground = (work: Promise<void>): void => {
    const safe = work.catch((error: unknown) => log.warn({ reason: messageOf(error) }, 'a check-up stopped early'))
    running.add(safe)
    void safe.finally(() => running.delete(safe))
  }

  /** Puts the card as things are; again when another bot wrote in between, so that no part of it is lost. */
  const tell = async (services: Services, id: string): Promise<void> => {
    for (let shownVersion = -1; ;) {
      const checkUp = await checkUps.read(id)
      if (checkUp === null || checkUp.version === shownVersion) return
      shownVersion = checkUp.version
      await services.notices.tellAsker(checkUp.place, `doctor:${id}`, viewOf(id, checkUp), services.now())
    }
  }

  const examine = async (services: Services, id: string, checks: readonly Check[]): Promise<void> => {
    let telling: Promise<void> | null = null
    const soon = (): void => {
      telling ??= delay(paceMs, undefined, { signal: stopping.signal })
        .catch(() => undefined)
        .then(() => tell(services, id))
        .catch((error: unknown) => log.warn({ reason: messageOf(error) }, 'could not show a check-up'))
        .finally(() => (telling = null))
    }
    await Promise.all(
      checks.map(async (check, index) => {
        await checkUps.put(id, index, await runCheck(check, stopping.signal))
        soon()
      }),
    )
    await telling
    await tell(services, id)
    await delay(buttonMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    if (stopping.signal.aborted) return
    if ((await checkUps.press(id, skipped(BUTTON, 'nobody pressed'))) === 'first') await tell(services, id)
  }

  /** From the press to the edited card: what people wait for. */
  const follow = async (
    services: Services,
    id: string,
    destinations: readonly string[],
    name: string,
  ): Promise<void> => {
    const begun = performance.now()
    await tell(services, id)
    for (;;) {
      const waiting = await services.outbox.waiting()
      const spent = performance.now() - begun
      const late = spent > EDITED_MS
      if (late || !destinations.some((destination) => waiting.includes(destination))) {
        const fix = 'The bot’s log says why cards are not delivered; the chat’s own checks above may, too.'
        const line = late
          ? warn(BUTTON, `${name} pressed, and the card was not edited within ${took(EDITED_MS)}`, fix)
          : ok(BUTTON, `ok, ${took(spent)} from ${name}’s press to the edited card`)
        await checkUps.pressed(id, line)
        await tell(services, id)
        return
      }
      if (stopping.signal.aborted) return
      await delay(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }

  return {
    async begin(services, asker) {
      const id = services.newId()
      const states = await poolsSeen(services, asker.place.tenant)
      const checks = [...options.checks(asker, states), ...states.flatMap((state) => poolChecks(services, state))]
      const names = checks.map(({ name }) => name)
      await checkUps.begin(id, { at: services.now(), place: asker.place, names })
      await tell(services, id)
      inBackground(examine(services, id, checks))
    },

    async press(services, id, asker) {
      const line = ok(BUTTON, `${asker.actor.name} pressed`)
      // A button that was copied into another team's channel is no button of theirs.
      const own = (await checkUps.read(id))?.place.tenant === asker.place.tenant
      const pressed = own ? await checkUps.press(id, line) : 'gone'
      if (pressed === 'gone') {
        return [answer('info', 'That check-up is over', 'Type /spinup doctor for a new one.')]
      }
      if (pressed === 'again') {
        const before = (await checkUps.read(id))?.press
        const again =
          before?.state === 'skipped' ? 'Type /spinup doctor for a new one.' : 'Its card shows how long it took.'
        return [
          answer('info', before?.state === 'skipped' ? 'Too late: nobody waited any more' : 'Pressed already', again),
        ]
      }
      inBackground(follow(services, id, [`${asker.place.platform}:${asker.place.channel}`], asker.actor.name))
      return []
    },

    async stop() {
      stopping.abort()
      await Promise.all(running)
    },
  }
}

function viewOf(id: string, { at, names, lines, press }: CheckUp): DoctorView {
  const checks = names.flatMap(
    (name, index): readonly CheckLine[] => lines[index] ?? [{ name, state: 'waiting', detail: 'looking …', fix: null }],
  )
  const button: CheckLine = press ?? { name: BUTTON, state: 'waiting', detail: 'press “Press me” below', fix: null }
  const done = names.every((_, index) => lines[index] !== undefined)
  const actions: Action[] = []
  if (press === null) actions.push({ action: `doctor:press:${id}`, label: 'Press me', style: 'primary' })
  if (done) actions.push({ action: 'run:/spinup doctor', label: 'Check again', style: 'plain' })
  return { kind: 'doctor', at, checks: [...checks, button], actions }
}
