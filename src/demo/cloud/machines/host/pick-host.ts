import type { Host } from './host.ts'
import { createLinuxHost } from './linux-host.ts'
import { createPsHost } from './ps-host.ts'

/** How this system tells about processes. */
export function pickHost(): Host {
  return process.platform === 'linux' ? createLinuxHost() : createPsHost()
}
