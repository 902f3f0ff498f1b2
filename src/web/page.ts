import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { IMPORT_MAP, type Assets } from './assets.ts'
import { SESSION_COOKIE, tooMany } from './guard.ts'
import { SESSION_MS, type Attempts, type Sessions } from './session.ts'

/** Nothing runs or loads but our own files; the import map, which must stand in the page, is allowed by its hash. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${createHash('sha256').update(IMPORT_MAP).digest('base64')}'`,
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The console page; `signedIn` adds the way out. */
export function consolePage(assets: Assets, signedIn: boolean): string {
  const body = `<div id="app"${signedIn ? ' data-signed-in' : ''}></div>
<noscript><p class="noscript">The console needs JavaScript. From a terminal, <code>spinup chat status</code> works without.</p></noscript>`
  const modules = assets.modules.map((url) => `<link rel="modulepreload" href="${url}">`).join('\n')
  const scripts = `<script type="importmap">${IMPORT_MAP}</script>
${modules}
<script type="module" src="/assets/web/console/main.ts"></script>`
  return html(assets, 'Spinup', scripts, body)
}

/** The sign-in page; works without scripts. `problem` is shown above the form. */
function loginPage(assets: Assets, problem: string | null): string {
  const note = problem === null ? '' : `<p class="login-problem" role="alert">${problem}</p>`
  return html(
    assets,
    'Sign in · Spinup',
    '',
    `<main class="login">
<form method="post" action="/login">
<img src="/assets/web/console/icon.svg" alt="" width="44" height="44">
<h1>Spinup</h1>
<p>This console is protected by a password.</p>
${note}<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus>
<button type="submit">Sign in</button>
</form>
</main>`,
  )
}

function html(assets: Assets, title: string, scripts: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="color-scheme" content="dark light">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="/assets/web/console/icon.svg" type="image/svg+xml">
<script src="/assets/web/console/first.ts"></script>
${assets.styles.map((url) => `<link rel="stylesheet" href="${url}">`).join('\n')}
${scripts}
</head>
<body>
${body}
</body>
</html>
`
}

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
    const { password } = (request.body ?? {}) as { readonly password?: unknown }
    const attempt = await attempts.try(
      request.ip,
      async () => typeof password === 'string' && sessions.admits(password),
    )
    if (typeof attempt === 'object') {
      reply.code(429).header('retry-after', Math.ceil(attempt.waitMs / 1000))
      return loginPage(assets, tooMany(attempt.waitMs).message)
    }
    if (attempt === 'wrong') {
      reply.code(401)
      return loginPage(assets, 'That is not the password. It is the SPINUP_CONSOLE_PASSWORD of the bot.')
    }
    return reply.header('set-cookie', cookie(request, sessions.issue(Date.now()), SESSION_MS / 1000)).redirect('/', 303)
  })

  app.post('/logout', (request, reply) => reply.header('set-cookie', cookie(request, '', 0)).redirect('/login', 303))
}
