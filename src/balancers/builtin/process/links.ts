import { connect } from 'node:net'
import { createAnswerParser, type AnswerHead, type AnswerParser } from './answer-parser.ts'
import type { Member } from './member.ts'

/** Connections idle for longer are closed; below the 5 s after which most servers close them themselves. */
const IDLE_MS = 4000
/** Idle connections kept to one member. */
const KEPT = 256

/** Who uses a connection now. `broken` or `done` comes last, once. */
export interface LinkUser {
  /** At once on a kept connection. */
  connected(): void
  head(head: AnswerHead): void
  data(chunk: Buffer): void
  /** All that has arrived was passed on. */
  rested(): void
  done(trailers: readonly string[]): void
  /** `code` is the system's, where there is one. */
  broken(why: string, code: string | undefined): void
  /** More of the request can be written. */
  drained(): void
}

/** A connection to a member, used for one request at a time. */
export interface Link {
  /** Carried a request before. */
  readonly reused: boolean
  /** Writes a request's head and hands the connection to `user`. */
  send(method: string, head: string, user: LinkUser): void
  /** Writes more of the request. False: wait for `drained`. */
  write(...parts: readonly (Buffer | string)[]): boolean
  /** The request is all written. Until then the connection is not kept. */
  finish(): void
  /** Whether `finish` was called. */
  finished(): boolean
  pause(): void
  resume(): void
  /** Ends it; its user hears nothing more. */
  destroy(): void
}

/** The connections to all members. */
export interface Links {
  /** A kept connection if there is one and `fresh` is not asked for, else a new one. */
  open(member: Member, fresh: boolean): Link
  close(): void
}

interface Idle {
  readonly link: Link
  readonly until: number
}

/** Pools connections; the newest idle one is used first, so that the rest age out after a rush. */
export function createLinks(options: { readonly now: () => number; readonly connectMs: number }): Links {
  const { now } = options
  const idle = new Map<Member, Idle[]>()
  const sweep = setInterval(() => {
    const at = now()
    for (const [member, links] of idle) {
      const [old, kept] = [links.filter(({ until }) => until <= at), links.filter(({ until }) => until > at)]
      if (kept.length === 0) idle.delete(member)
      else idle.set(member, kept)
      for (const { link } of old) link.destroy()
    }
  }, 500)

  const drop = (member: Member, link: Link) => {
    const links = idle.get(member)
    const index = links?.findIndex((entry) => entry.link === link) ?? -1
    if (index >= 0) links?.splice(index, 1)
  }
  const keep = (member: Member, link: Link, idleSeconds: number | null) => {
    const links = idle.get(member) ?? []
    idle.set(member, links)
    // A second less than the member says, for the time its close takes to arrive.
    const idleMs = idleSeconds === null ? IDLE_MS : Math.min(IDLE_MS, (idleSeconds - 1) * 1000)
    if (links.length >= KEPT || idleMs <= 0) link.destroy()
    else links.push({ link, until: now() + idleMs })
  }

  const create = (member: Member): Link => {
    const { hostname, port } = member.address
    const socket = connect({ host: hostname, port, noDelay: true })
    let connected = false
    let used = 0
    let finished = false
    let user: LinkUser | null = null
    let parser: AnswerParser | null = null
    let error: NodeJS.ErrnoException | null = null

    const lose = (why: string, code: string | undefined) => {
      const last = user
      user = null
      drop(member, link)
      socket.destroy()
      last?.broken(why, code)
    }
    const timer = setTimeout(() => lose('no connection in time', undefined), options.connectMs)
    socket.once('connect', () => {
      clearTimeout(timer)
      connected = true
      user?.connected()
    })
    socket.on('data', (chunk) => {
      // Nobody asked: an answer too many would be taken for the next request's.
      if (user === null || parser === null) return lose('unexpected data', undefined)
      parser.push(chunk)
      user?.rested()
    })
    socket.on('end', () => (user === null ? lose('closed', undefined) : parser?.end()))
    socket.on('drain', () => user?.drained())
    socket.on('error', (cause) => (error = cause))
    socket.once('close', () => {
      clearTimeout(timer)
      lose(error?.message ?? 'connection closed', error?.code ?? 'ECONNRESET')
    })

    const link: Link = {
      get reused() {
        return used > 1
      },
      send(method, head, next) {
        used += 1
        finished = false
        user = next
        let answer: AnswerHead | null = null
        parser = createAnswerParser(method, {
          head(received) {
            answer = received
            user?.head(received)
          },
          data: (chunk) => user?.data(chunk),
          done(trailers, rest) {
            const last = user
            user = null
            parser = null
            // An idle connection that is not read would not tell that it was closed.
            socket.resume()
            if (finished && !rest && answer?.keepAlive === true && !socket.destroyed)
              keep(member, link, answer.idleSeconds)
            else socket.destroy()
            last?.done(trailers)
          },
          broken: (why) => lose(why, 'ECONNRESET'),
        })
        socket.write(head, 'latin1')
        if (connected) next.connected()
      },
      write(...parts) {
        socket.cork()
        let room = true
        for (const part of parts) room = socket.write(part, 'latin1')
        socket.uncork()
        return room
      },
      finish: () => (finished = true),
      finished: () => finished,
      pause: () => socket.pause(),
      resume: () => socket.resume(),
      destroy() {
        user = null
        drop(member, link)
        socket.destroy()
      },
    }
    return link
  }

  return {
    open(member, fresh) {
      const kept = fresh ? undefined : idle.get(member)?.pop()
      return kept?.link ?? create(member)
    },
    close() {
      clearInterval(sweep)
      const all = [...idle.values()].flat()
      idle.clear()
      for (const { link } of all) link.destroy()
    },
  }
}
