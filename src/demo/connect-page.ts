import { SpinupError } from '../core/model/error.ts'

/** What a person would choose on the connect page. */
export interface PageChoices {
  /** Where the account is; the first there is unless given. */
  readonly cloud?: string
  /** The bot's own account, a token to paste, or log in at the cloud and say yes. */
  readonly account: 'environment' | 'login' | { readonly token: string }
  /** Its name, or its id where others have the same. */
  readonly droplet: string
  /** Built in, a load balancer of that name, or another kind with what its fields are to say. */
  readonly balancer:
    | 'builtin'
    | { readonly loadBalancer: string }
    | { readonly kind: string; readonly fields: Readonly<Record<string, string>> }
  /** Where the app listens on every member. */
  readonly port: number
  /** `/health` unless given. */
  readonly healthPath?: string
}

interface Page {
  readonly url: URL
  readonly html: string
}

const DEADLINE_MS = 20_000
const MOST_REDIRECTS = 10

/**
 * Walks the page behind a `/spinup connect` link as a browser without scripts does, form by form; gives the line that
 * puts the agent on the droplet. Throws with the page's own words when it says no.
 */
export async function walkConnectPage(link: string, choices: PageChoices): Promise<string> {
  const browse = createBrowser()
  const at = (path: string): string => new URL(`/connect/${path}`, link).href
  const opened = await browse(link)
  await browse(at('open'), { link: hidden(opened, 'link') })
  const account = await browse(at('account'))
  const cloud = choices.cloud ?? hidden(account, 'cloud')
  if (choices.account === 'login') await logIn(browse, at(`oauth?cloud=${cloud}`))
  else if (choices.account === 'environment') {
    await browse(at('environment'), { csrf: hidden(account, 'csrf'), cloud })
  } else await browse(at('token'), { csrf: hidden(account, 'csrf'), cloud, ...choices.account })

  const found = await browse(at(`droplets?q=${encodeURIComponent(choices.droplet)}`))
  const droplet = pick(found, 'droplet', choices.droplet)
  await browse(at('droplet'), { csrf: hidden(await browse(at('droplet')), 'csrf'), droplet })

  const balancers = await browse(at('balancer'))
  const balancer = balancerFields(balancers, choices.balancer)
  await browse(at('balancer'), { csrf: hidden(balancers, 'csrf'), ...balancer })

  const members = await browse(at('members'))
  const size = /<option value="([^"]+)"\s+selected/.exec(members.html)?.[1]
  if (size === undefined) throw unreadable(members, 'a size')
  const where = { network: 'private', port: String(choices.port), healthPath: choices.healthPath ?? '/health', size }
  const confirm = await browse(at('members'), { csrf: hidden(members, 'csrf'), ...where })
  const done = await browse(at('confirm'), { csrf: hidden(confirm, 'csrf') })
  const line = /<code id="line"[^>]*>([^<]+)</.exec(done.html)?.[1]
  if (line === undefined) throw unreadable(done, 'the install line')
  return unescaped(line)
}

function balancerFields(page: Page, choice: PageChoices['balancer']): Readonly<Record<string, string>> {
  if (choice === 'builtin') return { kind: 'builtin' }
  if ('fields' in choice) return { kind: choice.kind, ...choice.fields }
  return { kind: 'digitalocean', loadBalancer: pick(page, 'loadBalancer', choice.loadBalancer) }
}

/** To the cloud's own page, yes, and back. */
async function logIn(browse: Browse, begin: string): Promise<void> {
  const consent = await browse(begin)
  const fields = [...consent.html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)]
  const action = /<form method="post" action="([^"]+)"/.exec(consent.html)?.[1]
  if (action === undefined) throw unreadable(consent, 'the question for consent')
  const given = Object.fromEntries(fields.map(([, name = '', value = '']) => [name, unescaped(value)]))
  await browse(new URL(action, consent.url).href, { ...given, decision: 'approve' })
}

/** GET, or POST where there are fields; follows redirects with the cookies of each host. */
type Browse = (url: string, fields?: Readonly<Record<string, string>>) => Promise<Page>

function createBrowser(): Browse {
  const cookies = new Map<string, string>()
  return async (start, fields) => {
    let url = new URL(start)
    let form = fields
    for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
      const cookie = cookies.get(url.host)
      const response = await fetch(url, {
        method: form === undefined ? 'GET' : 'POST',
        headers: cookie === undefined ? {} : { cookie },
        ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
        redirect: 'manual',
        signal: AbortSignal.timeout(DEADLINE_MS),
      })
      const html = await response.text()
      const fresh = response.headers.getSetCookie()[0]?.split(';')[0]
      if (fresh !== undefined) cookies.set(url.host, fresh)
      const location = response.headers.get('location')
      if (response.status < 300) return { url, html }
      if (response.status >= 400 || location === null) throw refused(url, response.status, html)
      url = new URL(location, url)
      form = undefined
    }
    throw new SpinupError('unavailable', `${start} redirects without end.`)
  }
}

/** The value of the radio button that has that value, or whose label says `name`. */
function pick(page: Page, field: string, name: string): string {
  const buttons = page.html.matchAll(/<input\b[^>]*?name="(\w+)"\s+value="([^"]*)"[^]*?<strong\s*>([^<]*)<\/strong/g)
  for (const [, its, value = '', label = ''] of buttons) {
    if (its === field && (value === name || unescaped(label) === name)) return value
  }
  throw unreadable(page, name)
}

function hidden(page: Page, name: string): string {
  const value = new RegExp(`<input type="hidden" name="${name}" value="([^"]*)"`).exec(page.html)?.[1]
  if (value === undefined) throw unreadable(page, name)
  return unescaped(value)
}

function refused(url: URL, status: number, html: string): SpinupError {
  const [, said = ''] = /role="alert"[^>]*>([^]*?)<\/div>/.exec(html) ?? /<p class="lead">([^]*?)<\/p>/.exec(html) ?? []
  const words = unescaped(said.replaceAll(/<[^>]*>/g, ' '))
    .replaceAll(/\s+/g, ' ')
    .trim()
  return new SpinupError('badInput', `${url.pathname} answered ${status}: ${words || 'without a word'}`)
}

function unreadable({ url }: Page, what: string): SpinupError {
  return new SpinupError('badInput', `The page ${url.pathname} does not offer ${what}.`)
}

const SIGNS: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

function unescaped(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => SIGNS[name] ?? whole)
}
