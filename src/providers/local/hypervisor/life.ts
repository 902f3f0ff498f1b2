import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Logger } from 'pino'
import type { Settings } from '../protocol.ts'
import { copyFolder } from './copy.ts'
import type { Machine } from './machine.ts'
import type { DropletPlaces } from './places.ts'
import { nextPowerStep } from './power.ts'
import type { DropletRecord, Records, ServiceProcess } from './records.ts'

export interface LifeOptions {
  readonly id: string
  readonly records: Records
  readonly places: DropletPlaces
  readonly log: Logger
  settings(): Settings
  createMachine(record: DropletRecord): Machine
  /** It is erased. */
  onEnd(): void
}

/** Walks one droplet to the goal in its record, whatever it is doing now; a later hypervisor goes on from the record. */
export interface Life {
  /** The record's goal has changed. */
  wake(): void
  /** The machine, while it is on. */
  machine(): Machine | null
  /** Takes over its running processes; before `run`. */
  adopt(processes: Readonly<Record<string, ServiceProcess>>): void
  run(): void
  /** Stops the droplet without changing its goal, so that it boots with the next hypervisor. */
  suspend(): Promise<void>
}

/** Timers hold no more. */
const LONGEST_NAP_MS = 2 ** 31 - 1

export function createLife(options: LifeOptions): Life {
  const { id, records, places, log } = options
  let machine: Machine | null = null
  let suspended = false
  let wakeUp: (() => void) | null = null
  let woken = false
  let walking: Promise<void> = Promise.resolve()

  const isGone = (): boolean => records.droplet(id)?.goal === 'gone'

  function wake(): void {
    woken = true
    wakeUp?.()
  }

  /** Sleeps until `wake`, which may have come just before. */
  function nap(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, Math.min(ms, LONGEST_NAP_MS))
      function done(): void {
        clearTimeout(timer)
        woken = false
        wakeUp = null // a wake during the next step must not be swallowed by this nap
        resolve()
      }
      wakeUp = done
      if (woken) done()
    })
  }

  async function provision(record: DropletRecord): Promise<void> {
    try {
      await copyFolder(record.image, places.disk)
    } catch (error) {
      log.error({ error: String(error) }, 'disk cannot be copied; the droplet will not boot')
      records.patchDroplet(id, { neverBoots: true })
    }
  }

  function start(record: DropletRecord): void {
    if (record.userData) {
      rmSync(places.agentConfig, { force: true })
      writeFileSync(places.agentConfig, record.userData, { mode: 0o600 })
    }
    records.patchDroplet(id, { power: 'on', born: true, userData: null, processes: {} })
    machine = options.createMachine(record)
    machine.start()
    log.info('droplet is active')
  }

  async function stop(hurry: () => boolean): Promise<void> {
    records.patchDroplet(id, { power: 'stopping' })
    await machine?.stop(hurry)
    machine = null
    records.patchDroplet(id, { power: 'off', processes: {} })
  }

  async function step(record: DropletRecord): Promise<void> {
    const next = nextPowerStep(record, existsSync(places.disk), Date.now())
    switch (next.kind) {
      case 'rest':
        return nap(Infinity)
      case 'wait':
        return nap(next.ms)
      case 'beginBoot': {
        const bootMs = record.born ? null : record.firstBootMs
        return records.patchDroplet(id, {
          power: 'booting',
          bootAt: Date.now() + (bootMs ?? options.settings().bootMs),
        })
      }
      case 'provision':
        return provision(record)
      case 'start':
        return start(record)
      case 'cancelBoot':
        return records.patchDroplet(id, { power: 'off' })
      case 'stop':
        await stop(() => isGone())
        return log.info('droplet is off')
      case 'erase':
        await stop(() => true)
        await rm(places.dir, { recursive: true, force: true })
        records.removeDroplet(id)
        return log.info('droplet is erased')
    }
  }

  async function walk(): Promise<void> {
    for (;;) {
      const record = records.droplet(id)
      if (!record) return options.onEnd()
      if (suspended) return
      try {
        await step(record)
      } catch (error) {
        log.error({ error: String(error) }, 'droplet is stuck; trying again')
        await nap(1000)
      }
    }
  }

  return {
    wake,
    machine: () => machine,
    adopt(processes) {
      const record = records.droplet(id)
      if (!record) return
      machine = options.createMachine(record)
      machine.adopt(processes)
    },
    run() {
      walking = walk()
    },
    async suspend() {
      suspended = true
      wake()
      await walking
      await machine?.stop(() => false)
      machine = null
      records.patchDroplet(id, { power: 'off', processes: {} })
    },
  }
}
