import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { SpinupError } from '../../../core/model/error.ts'
import type { DropletPlaces } from './places.ts'

/** Puts the agent's configuration, which holds a key, on the droplet's disk: readable by its owner only, whole or not at all. */
export function writeAgentConfig(places: DropletPlaces, config: string): void {
  if (!existsSync(places.disk)) {
    throw new SpinupError('unavailable', 'The droplet has no disk yet; install the agent when it is active.')
  }
  writeFileSync(`${places.agentConfig}.next`, config, { mode: 0o600 })
  renameSync(`${places.agentConfig}.next`, places.agentConfig)
}
