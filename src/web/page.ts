import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { EpisodePage, FirstLook } from '../core/model/message.ts'
import type { StatsFirst } from '../core/model/stats-page.ts'
import type { Bundle } from './assets.ts'
import type { ConsolePeople } from '../store/console-people.ts'
import { cookieOf, SESSION_COOKIE, tooMany } from './guard.ts'
import { namesake } from './people.ts'
import { SESSION_MS, type Attempts, type SignIn, type Sessions } from './session.ts'

/** Nothing runs or loads but our own files, and what of them stands in the page itself. */
function policy(scripts: readonly string[], styles: readonly string[]): string {
  const allowed = (texts: readonly string[]): string => ["'self'", ...texts.map(hashOf)].join(' ')
  return [
    "default-src 'none'",
    `script-src ${allowed(scripts)}`,
    `style-src ${allowed(styles)}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** What every page answers with. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': policy([], []),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // With no-referrer, browsers would send our own forms with the origin null.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** The policy of a page that says what failed. */
export const policyOfFailure = (): string => policy([], [UNSTYLED])

/** The policy of a console page that has everything in it. */
export function policyOfWhole({ texts }: Bundle): string {
  return policy([texts.first, texts.console], [texts['console-style']])
}

/** What a run of the bot shows beside the console: HTML, and routes of its own that the console's guard protects too. */
export interface PageExtension {
  readonly head: string
  /** Stands before the console. */
  readonly body: string
  register(app: FastifyInstance): void
}

interface ConsoleParts {
  readonly signedIn: boolean
  readonly known: FirstLook
  readonly whole: boolean
  readonly extension: PageExtension | null
}

/**
 * The console page; `signedIn` adds the way out. `known` is what it shows before it has asked for anything. `whole`: with
 * its scripts and styles in it, for a browser that would have to wait for them once more.
 */
export function consolePage(bundle: Bundle, { signedIn, known, whole, extension }: ConsoleParts): string {
  const { files, texts } = bundle
  const data = JSON.stringify(known).replaceAll('<', String.raw`\u003c`)
  const body = `${extension?.body ?? ''}<div id="app" data-shared="/assets/${files.shared}"${signedIn ? ' data-signed-in' : ''}></div>
<noscript><p class="noscript">The console needs JavaScript. From a terminal, <code>spinup chat status</code> works without.</p></noscript>
<script type="application/json" id="known">${data}</script>`
  const { first, console, 'console-style': style } = texts
  const later = [files.first, files.console, files['console-style']].map((file) => prefetch(file)).join('\n')
  const head = whole
    ? `<script>${first}</script>\n<style>${style}</style>\n<script type="module">${console}</script>\n${later}`
    : `${linked(files)}\n<script type="module" src="/assets/${files.console}"></script>`
  return html(`${head}${extension?.head ?? ''}`, 'Spinup', body)
}

/** The next visit has it at once. */
function prefetch(file: string): string {
  return `<link rel="prefetch" href="/assets/${file}">`
}

/** What every page begins with: its theme and the console's styles. */
export function linked(files: { readonly first: string; readonly 'console-style': string }): string {
  return `<script src="/assets/${files.first}"></script>
<link rel="stylesheet" href="/assets/${files['console-style']}">`
}

/** What a person sees in place of a page that cannot be shown; `status` is HTTP's. */
export function failurePage(status: number, message: string): string {
  const title = status === 404 ? 'Nothing is here' : status === 401 ? 'Not signed in' : 'That did not work'
  const way = status === 401 ? '<a href="/login">Sign in</a>' : '<a href="/">Open the console</a>'
  const body = `<header class="page-top"><a class="page-back" href="/">${ICON}Spinup</a></header>
<main class="gone">
<h1>${title}</h1>
<p>${escape(message)}</p>
<p class="gone-ways">${way} <a href="/docs/">Documentation</a></p>
</main>`
  return html(`<style>${UNSTYLED}</style>\n${linked(PLAIN)}`, `${title} · Spinup`, body)
}

/** To whom the console is closed, its styles are as well. */
const UNSTYLED =
  'html{font:1rem/1.5 system-ui}:where(.gone){max-width:40rem;margin:auto;padding:1.5rem}:where(.page-back img){display:none}'

/** Pages that are made without the bundle name its entries alone. */
const PLAIN = { first: 'first.js', 'console-style': 'console-style.css' }
const ICON = '<img src="/assets/icon.svg" alt="" width="26" height="26">'

/** A scale event's own page. */
export function episodePage({ files }: Bundle, known: EpisodePage): string {
  const data = JSON.stringify(known).replaceAll('<', String.raw`\u003c`)
  const body = `<div id="app-page" data-shared="/assets/${files.shared}"></div>
<noscript><p class="noscript">This page needs JavaScript.</p></noscript>
<script type="application/json" id="known">${data}</script>`
  const script = `<script type="module" src="/assets/${files.episode}"></script>`
  return html(`${linked(files)}\n${script}`, 'Spinup', body)
}

/** The statistics, or (`wall`) what a team leaves open; `known` is what the page begins with. */
export function statsPage({ files }: Bundle, known: StatsFirst, wall: boolean): string {
  const data = JSON.stringify(known).replaceAll('<', String.raw`\u003c`)
  const body = `<div id="stats" data-shared="/assets/${files.shared}"${wall ? ' data-wall' : ''}></div>
<noscript><p class="noscript">This page needs JavaScript. The numbers are at <code>/api/series</code> too.</p></noscript>
<script type="application/json" id="known">${data}</script>`
  const head = `${linked({ first: files.first, 'console-style': files['stats-style'] })}
<script type="module" src="/assets/${files.stats}"></script>`
  return html(head, 'Statistics · Spinup', body)
}

/**
 * A browser that follows a link from a chat holds the console's cookie back; what the page asks for itself brings it.
 */
export const AGAIN = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Spinup</title><meta http-equiv="refresh" content="0"></head>
<body><p><a href="">Go on</a></p></body></html>
`

/** The sign-in page; works without scripts. `problem` is shown above the form. */
function loginPage(problem: string | null): string {
  const note = problem === null ? '' : `<p class="login-problem" role="alert">${problem}</p>`
  return entrance(
    'Sign in',
    `<form method="post" action="/login">
${LOGO}<p>This console is protected by a password.</p>
${note}<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus>
<button type="submit">Sign in</button>
</form>`,
  )
}

const LOGO = `<img src="/assets/icon.svg" alt="" width="44" height="44">
<h1>Spinup</h1>
`

/** Opened by an invitation's link, which a page that is only looked at does not use up. */
function joinPage(name: string, link: string): string {
  return entrance(
    'Invitation',
    `<form method="post" action="/join">
${LOGO}<p>This is an invitation for <b>${escape(name)}</b>. What you do here will be shown under that name.</p>
<input type="hidden" name="link" value="${escape(link)}">
<button type="submit">Continue</button>
</form>`,
  )
}

function joinedPage(name: string, password: string): string {
  return entrance(
    'Your password',
    `<form method="get" action="/">
${LOGO}<p>You are signed in as <b>${escape(name)}</b>. This password is yours, for signing in again and for scripts. It is shown once: keep it in your password manager.</p>
<label for="password">Password</label>
<input id="password" value="${escape(password)}" autocomplete="new-password" readonly autofocus>
<button type="submit">Open the console</button>
</form>`,
  )
}

const USED_UP = 'This invitation was used, or is too old. Ask for a new one.'
const TAKEN = 'Somebody has joined under that name, or one that reads the same. Ask for an invitation under another.'

function noWayIn(words: string): string {
  return entrance(
    'Invitation',
    `<form method="get" action="/login">\n${LOGO}<p>${words}</p>\n<button type="submit">Sign in</button>\n</form>`,
  )
}

function entrance(title: string, form: string): string {
  return html(linked(PLAIN), `${title} · Spinup`, `<main class="login">\n${form}\n</main>`)
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`)
}

/** A whole page. */
export function html(head: string, title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="color-scheme" content="dark light">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
${head}
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
    readonly sessions: Sessions
    readonly people: ConsolePeople
    readonly attempts: Attempts
    readonly publicUrl: string | undefined
  },
): void {
  const { sessions, people, attempts } = options

  function cookie(request: FastifyRequest, value: string, seconds: number): string {
    const url = options.publicUrl === undefined ? null : new URL(options.publicUrl)
    // A Secure cookie would be dropped on the plain-HTTP loopback address.
    const secure = url?.protocol === 'https:' && request.hostname === url.hostname ? '; Secure' : ''
    return `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure}`
  }

  const cookieFor = (request: FastifyRequest, who: SignIn): string =>
    cookie(request, sessions.issue(who, Date.now()), SESSION_MS / 1000)

  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(body))))
  })

  app.get('/login', (_request, reply) => reply.type('text/html; charset=utf-8').send(loginPage(null)))

  app.post('/login', { bodyLimit: 4096 }, async (request, reply) => {
    reply.type('text/html; charset=utf-8')
    const { password } = (request.body ?? {}) as { readonly password?: unknown }
    const attempt = await attempts.try(request.ip, async () =>
      typeof password === 'string' ? sessions.admits(password) : null,
    )
    switch (attempt.is) {
      case 'wait':
        reply.code(429).header('retry-after', Math.ceil(attempt.waitMs / 1000))
        return loginPage(tooMany(attempt.waitMs).message)
      case 'wrong':
        reply.code(401)
        return loginPage(
          'That is not a password of this console: SPINUP_CONSOLE_PASSWORD of the bot, or the one your invitation gave you.',
        )
      case 'right':
        return reply.header('set-cookie', cookieFor(request, attempt.who)).redirect('/', 303)
    }
  })

  app.get('/join', async (request, reply) => {
    reply.type('text/html; charset=utf-8').header('cache-control', 'no-store')
    const { link } = (request.query ?? {}) as { readonly link?: unknown }
    const name = typeof link === 'string' ? await people.invited(link) : null
    if (typeof link !== 'string' || name === null) return reply.code(410).send(noWayIn(USED_UP))
    return joinPage(name, link)
  })

  app.post('/join', { bodyLimit: 4096 }, async (request, reply) => {
    reply.type('text/html; charset=utf-8').header('cache-control', 'no-store')
    const { link } = (request.body ?? {}) as { readonly link?: unknown }
    const name = typeof link === 'string' ? await people.invited(link) : null
    if (name !== null && (await namesake(people, name)) !== undefined) return reply.code(409).send(noWayIn(TAKEN))
    const joined = typeof link === 'string' ? await people.join(link) : null
    if (joined === null) return reply.code(410).send(noWayIn(USED_UP))
    void reply.header('set-cookie', cookieFor(request, { person: joined }))
    return joinedPage(joined.name, joined.password)
  })

  app.post('/logout', async (request, reply) => {
    const token = cookieOf(request.headers.cookie ?? '')
    // This browser forgets it even where the server cannot note that it has ended.
    void reply.header('set-cookie', cookie(request, '', 0))
    if (token !== null) await sessions.end(token, Date.now())
    return reply.redirect('/login', 303)
  })
}
