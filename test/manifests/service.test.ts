import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { until } from '../wait.ts'
import { MANIFESTS, run, without } from './programs.ts'

const read = (name: string): Promise<string> => readFile(join(MANIFESTS, name), 'utf8')

describe('spinup.service', () => {
  it('is a unit as systemd reads it, and exposed little', { skip: without('systemd-analyze') }, async () => {
    const root = await mkdtemp(join(tmpdir(), 'spinup-unit-'))
    try {
      // What it starts has to be there.
      const text = await read('spinup.service')
      const [, node = '', program = ''] = /^ExecStart=(\S+) (\S+)/m.exec(text) ?? []
      const unit = join(root, 'spinup.service')
      for (const name of [node, program]) {
        await mkdir(dirname(join(root, name)), { recursive: true })
        await writeFile(join(root, name), '#!/bin/sh\n', { mode: 0o755 })
      }
      await writeFile(unit, text.replaceAll('=/opt', `=${root}/opt`))
      const verified = await run('systemd-analyze', ['verify', '--man=no', '--recursive-errors=no', unit])
      assert.deepEqual([verified.code, verified.said.replaceAll(/^.*(cgroup|pam|D-Bus).*\n/gim, '')], [0, ''])
      const security = await run('systemd-analyze', ['security', '--offline=true', '--threshold=25', unit])
      assert.equal(security.code, 0, security.said)
    } finally {
      await rm(root, { recursive: true })
    }
  })
})

describe('the Caddyfile', () => {
  it(
    'leads to the bot, says where visitors come from, and waits for a bot that restarts',
    { skip: without('caddy') },
    async () => {
      const dir = await mkdtemp(join(tmpdir(), 'spinup-caddy-'))
      const free = createServer().listen(0, '127.0.0.1')
      await once(free, 'listening')
      const { port } = free.address() as AddressInfo
      free.close()
      const heads: (string | undefined)[] = []
      const bot = createServer((asked, response) => {
        heads.push(
          asked.headers.host,
          String(asked.headers['x-forwarded-for']),
          String(asked.headers['x-forwarded-proto']),
        )
        response.end('the bot')
      })
      bot.listen(0, '127.0.0.1')
      await once(bot, 'listening')
      const { port: botPort } = bot.address() as AddressInfo
      const file = join(dir, 'Caddyfile')
      await writeFile(file, `{\n\tadmin off\n\tdebug\n}\n${await read('Caddyfile')}`)
      const env = {
        PATH: process.env['PATH'],
        HOME: dir,
        SPINUP_PUBLIC_URL: `http://localhost:${port}`,
        BOT: `127.0.0.1:${botPort}`,
      }
      const caddy = spawn('caddy', ['run', '--config', file, '--adapter', 'caddyfile'], { env, stdio: 'pipe' })
      let said = ''
      caddy.stderr.setEncoding('utf8').on('data', (part: string) => (said += part))
      const get = (): Promise<string | null> =>
        new Promise((resolve) => {
          const sent = request({ host: '127.0.0.1', port, headers: { host: `localhost:${port}` } }, (response) => {
            let body = ''
            response.setEncoding('utf8').on('data', (part: string) => (body += part))
            response.on('end', () => resolve(`${response.statusCode} ${body}`))
          })
          sent.on('error', () => resolve(null))
          sent.end()
        })
      try {
        await until(async () => (await get()) === '200 the bot', { what: `Caddy to serve: ${said}`, timeoutMs: 20_000 })
        assert.deepEqual(heads.slice(-3), [`localhost:${port}`, '127.0.0.1', 'http'])
        bot.closeAllConnections()
        bot.close()
        await once(bot, 'close')
        const waiting = get()
        await until(() => /connection refused/.test(said), { what: 'Caddy to find no bot' })
        bot.listen(botPort, '127.0.0.1')
        assert.equal(await waiting, '200 the bot')
      } finally {
        caddy.kill()
        await once(caddy, 'close')
        bot.closeAllConnections()
        bot.close()
        await rm(dir, { recursive: true })
      }
    },
  )
})
