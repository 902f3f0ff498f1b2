import { join, resolve } from 'node:path'
import { SpinupError } from '../../core/model/error.ts'

/** macOS takes 103 bytes, Linux 107. */
const LONGEST_SOCKET_PATH = 103

/** Where the hypervisor of `dir` listens; throws `configuration` when the path is too long for a socket. */
export function socketPath(dir: string): string {
  const path = join(resolve(dir), 'hypervisor.sock')
  const bytes = Buffer.byteLength(path)
  if (bytes > LONGEST_SOCKET_PATH) {
    throw new SpinupError(
      'configuration',
      `The local cloud's folder ${resolve(dir)} is too deep: its socket's path has ${bytes} bytes and ` +
        `${LONGEST_SOCKET_PATH} are allowed. Set SPINUP_DATA_DIR to a shorter path.`,
    )
  }
  return path
}
