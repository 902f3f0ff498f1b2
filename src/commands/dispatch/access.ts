import type { Access } from '../command.ts'
import { COMMANDS, type Request } from '../registry.ts'

/** What a command says of itself, whatever it reads. */
interface Accessed {
  readonly access?: Access
  readonly reads?: (request: Request) => boolean
  readonly sets?: (request: Request) => boolean
}

/** What this request of the command does. */
export function accessOf({ access = 'change', reads, sets }: Accessed, request: Request): Access {
  return reads?.(request) === true ? 'read' : sets?.(request) === true ? 'open' : access
}

/** Whether a request only asks how things are. */
export function changesNothing(request: Request): boolean {
  // It is given what it has read itself, since a request's kind is its command's name.
  const command = COMMANDS.find(({ name }) => name === request.kind) as unknown as Accessed
  return accessOf(command, request) === 'read'
}
