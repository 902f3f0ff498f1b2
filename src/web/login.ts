import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Assets } from './assets.ts'
import { SESSION_COOKIE, tooMany } from './guard.ts'
import { loginPage } from './page.ts'
import { SESSION_MS } from './session.ts'
import type { Attempts, Sessions } from './session.ts'

/** `GET /login`, `POST /login` (a plain form) and `POST /logout`, for a console with a password. */
export function addLogin(
  app: FastifyInstance,
  options: {
    readonly assets: Assets
    readonly sessions: Sessions
    readonly attempts: Attempts
    readonly publicUrl: string | undefined
  },
): void {
  const { assets, sessions, attempts } = options

  function cookie(request: FastifyRequest, value: string, seconds: number): string {
    const url = options.publicUrl === undefined ? null : new URL(options.publicUrl)
    // A Secure cookie would be dropped on the plain-HTTP loopback address.
    const secure = url?.protocol === 'https:' && request.hostname === url.hostname ? '; Secure' : ''
    return `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure}`
  }

  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(body))))
  })

  app.get('/login', (_request, reply) => reply.type('text/html; charset=utf-8').send(loginPage(assets, null)))

  app.post('/login', { bodyLimit: 4096 }, async (request, reply) => {
    reply.type('text/html; charset=utf-8')
    const waitMs = attempts.waitMs(request.ip)
    if (waitMs > 0) {
      reply.code(429).header('retry-after', Math.ceil(waitMs / 1000))
      return loginPage(assets, tooMany(waitMs).message)
    }
    const { password } = (request.body ?? {}) as { readonly password?: unknown }
    if (typeof password !== 'string' || !sessions.admits(password)) {
      attempts.failed(request.ip)
      reply.code(401)
      return loginPage(assets, 'That is not the password. It is the SPINUP_CONSOLE_PASSWORD of the bot.')
    }
    return reply.header('set-cookie', cookie(request, sessions.issue(Date.now()), SESSION_MS / 1000)).redirect('/', 303)
  })

  app.post('/logout', (request, reply) => reply.header('set-cookie', cookie(request, '', 0)).redirect('/login', 303))
}
