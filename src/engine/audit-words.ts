import type { NotifyChoice, Request } from '../core/model/request.ts'
import { duration } from '../core/model/words.ts'

/** Whether a request changes anything when it succeeds; the others are not kept. */
export function changes(request: Request): boolean {
  switch (request.kind) {
    case 'help':
    case 'status':
    case 'stats':
    case 'whatif':
    case 'history':
    case 'cost':
    case 'why':
    case 'summary':
    case 'doctor':
      return false
    case 'policy':
      return Object.keys(request.changes).length > 0
    case 'mode':
      return request.mode !== null
    case 'disconnect':
      return request.confirm !== null
    case 'notify':
      return request.choice.kind !== 'show'
    default:
      return true
  }
}

/** A request as a person would type it, without `/spinup`. */
export function lineOf(request: Request): string {
  return `${request.kind} ${restOf(request)}`.trim()
}

function restOf(request: Request): string {
  switch (request.kind) {
    case 'up':
    case 'down':
    case 'scale':
      return String(request.count)
    case 'pin':
      return `${request.count} for ${duration(request.forMs)} ${request.reason}`
    case 'protect':
      return `${request.member} ${span(request.forMs)} ${request.reason}`
    case 'unprotect':
      return request.member
    case 'pause':
      return `${span(request.forMs)} ${request.reason}`
    case 'mode':
      return request.mode ?? ''
    case 'approve':
      return request.id ?? ''
    case 'deny':
      return `${request.id ?? ''} ${request.reason}`
    case 'policy':
      return Object.entries(request.changes)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ')
    case 'connect':
      return request.choice === null ? '' : Object.values(request.choice).join(' ')
    case 'disconnect':
      return request.confirm ?? ''
    case 'refresh': {
      const { choice } = request
      return choice.kind === 'graceful' ? '' : choice.kind === 'keep' ? `keep ${choice.count}` : choice.kind
    }
    case 'notify':
      return toldOf(request.choice)
    case 'adopt':
      return request.droplet
    case 'remove':
      return request.name
    case 'undo':
      return request.episode ?? ''
    case 'snooze':
      return request.forMs === null ? 'off' : span(request.forMs)
    default:
      return ''
  }
}

function toldOf(choice: NotifyChoice): string {
  switch (choice.kind) {
    case 'show':
      return ''
    case 'level':
      return choice.level
    case 'quiet': {
      const { hours, timeZone } = choice
      return hours === null ? 'quiet off' : `quiet ${clock(hours.from)}-${clock(hours.to)} ${timeZone ?? ''}`
    }
    case 'weekly': {
      const { at, timeZone } = choice
      return at === null ? 'weekly off' : `weekly ${DAYS[at.weekday] ?? ''} ${clock(at.minute)} ${timeZone ?? ''}`
    }
  }
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

function span(forMs: number | null): string {
  return forMs === null ? '' : `for ${duration(forMs)}`
}
