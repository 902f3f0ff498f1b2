import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../package/docs/pages.ts'
import type { Read } from './read.ts'
import { verdict, type Verdict } from './verdict.ts'

const sources = globSync(['src/**/*.ts', 'agent/**/*.{ts,sh}', 'manifests/**/*'], { cwd: ROOT })
  .filter((file) => statSync(join(ROOT, file)).isFile())
  .map((file) => readFileSync(join(ROOT, file), 'utf8'))
  .join('\n')

const VARIABLE = /^(?:SPINUP|SLACK|DISCORD|DIGITALOCEAN|HAPROXY|CADDY|WEBHOOK|QUICKCHART|REDIS)_[A-Z_]*[A-Z](?==|$)/
const ROUTE = /^(?:GET|POST|PUT|DELETE) (\/[^\s?`]*)/
/** What a token may do: `droplet:read`, `chat:write`. */
const SCOPE = /^[a-z_]{3,}:(?:read|write|create|update|delete|history|assign_resource)$/
const PATH = /^(?:src|test|docs|manifests|agent|package|bin)\/[\w./-]+$/

/** What a text names by its name in the code: variables of the environment, requests, scopes,
 * files. */
export function named({ codes, fences }: Read): readonly Verdict[] {
  const lines = fences
    .filter(({ language }) => language === 'http' || language === 'env')
    .flatMap(({ file, line, text }) =>
      text.split('\n').map((words, at) => ({ file, line: line + 1 + at, text: words })),
    )
  return [...codes, ...lines].flatMap((piece) => {
    const variable = VARIABLE.exec(piece.text)?.[0]
    if (variable !== undefined) return verdict(piece, variable, there(variable) ? null : 'no program reads it')
    const route = ROUTE.exec(piece.text)?.[1]
    if (route !== undefined) return verdict(piece, piece.text, there(fixed(route)) ? null : 'the bot has no such route')
    if (SCOPE.test(piece.text)) return verdict(piece, piece.text, there(piece.text) ? null : 'nothing asks for it')
    const path = PATH.exec(piece.text)?.[0]
    return path === undefined ? [] : verdict(piece, path, existsSync(join(ROOT, path)) ? null : 'there is no such file')
  })
}

/** Whether any of our programs has that name in it. */
export const there = (name: string): boolean => sources.includes(name)

/** A route up to what is a name of somebody's own: `/api/pools/NAME` is `/api/pools`. */
const fixed = (route: string): string => route.replace(/\/(?:[A-Z]|:|\{).*$/, '')
