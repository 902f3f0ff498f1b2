import { randomBytes } from 'node:crypto'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { parse } from 'yaml'
import { argumentsOf } from '../../src/cli/run-command.ts'
import { MANIFESTS, type Outcome } from '../manifests/programs.ts'
import { until } from '../wait.ts'
import { buildIn } from './dockerfile.ts'
import { boot, childOf, must, openRoot, whyNoBoot, whyNoRoot, type Machine, type PrivateRoot } from './machine.ts'

const HELP = `Installs Spinup as its manifests do, each in a private root over this machine, and looks at what then runs: the
systemd unit in a booted container, cloud-init's commands, the Dockerfile's steps. Needs root, and the npm registry.

  npm run test:install [-- --only WORDS]

Not run, for there is no way to here: the base image itself, Docker's network, a certificate from Let's Encrypt, cloud-init's
own boot (its commands are), and the account that Terraform would order in.`
const { only } = argumentsOf({ help: HELP, options: { only: { type: 'string', default: '' } } }).values

let [passed, failed, skipped] = [0, 0, 0]
let tarball = ''

/** One thing that is to hold; what it returns is told beside it. */
async function it(name: string, work: () => Promise<string>): Promise<void> {
  const begun = performance.now()
  try {
    const figures = await work()
    passed += 1
    console.log(`ok    ${name}  ${[seconds(begun), figures].filter((part) => part !== '').join(' · ')}`)
  } catch (error) {
    failed += 1
    console.log(
      `FAIL  ${name}\n      ${String(error instanceof Error ? error.message : error).replaceAll('\n', '\n      ')}`,
    )
  }
}

async function group(name: string, why: string | null, work: (root: PrivateRoot) => Promise<void>): Promise<void> {
  if (!name.includes(only)) return
  if (why !== null) {
    skipped += 1
    console.log(`skip  ${name}: ${why}`)
    return
  }
  const root = await openRoot()
  try {
    await cp(tarball, join(root.path, 'root/spinup.tgz'))
    await cp(join(MANIFESTS, 'install.sh'), join(root.path, 'root/install.sh'))
    await work(root)
  } catch (error) {
    failed += 1
    console.log(`FAIL  ${name}: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    await root.close()
  }
}

const dir = await mkdtemp(join(tmpdir(), 'spinup-install-'))
if (whyNoRoot() === null) {
  await must('npm', 'pack', '--silent', '--pack-destination', dir)
  tarball = join(dir, (await readdir(dir))[0]!)
}

await group('the systemd unit', whyNoRoot() ?? whyNoBoot(), async (root) => {
  const [port, balancerPort] = [await freePort(), await freePort()]
  await mkdir(join(root.path, 'etc/spinup'), { recursive: true })
  await writeFile(join(root.path, 'etc/spinup/.env'), `SPINUP_PORT=${port}\nSPINUP_BALANCER_PORT=${balancerPort}\n`)
  const machine = await boot(root)
  const url = `http://127.0.0.1:${port}`
  const pid = async (): Promise<string> => (await ok(machine, 'systemctl show -P MainPID spinup')).trim()
  try {
    await it('install.sh installs it, and it is ready', async () => {
      await ok(machine, 'sh /root/install.sh /root/spinup.tgz')
      await ready(url)
      const restarted = performance.now()
      await ok(machine, 'systemctl restart spinup')
      await ready(url)
      return `restarted and ready again in ${seconds(restarted)}`
    })
    await it('install.sh again changes nothing but starts it again', async () => {
      const before = await ok(machine, 'ls -l /opt/spinup/releases /etc/spinup/.env; cat /etc/spinup/.env')
      await ok(machine, 'sh /root/install.sh /root/spinup.tgz')
      await ready(url)
      const now = await ok(machine, 'ls -l /opt/spinup/releases /etc/spinup/.env; cat /etc/spinup/.env')
      if (now !== before) throw new Error(now)
      return ''
    })
    await it('it runs as a user of its own, which may write its data alone, make no network, and gain nothing', async () => {
      const unit = (await readFile(join(MANIFESTS, 'spinup.service'), 'utf8'))
        .replace(/^ExecStart=.*$/m, 'ExecStart=/bin/sh /root-probe.sh')
        .replace(/^Restart=.*$/m, 'Type=oneshot')
        .replace(/^RestartSec=.*\n/m, '')
      const probe = `id -un
for place in /etc/spinup /usr/bin /opt/spinup /root /home /var /etc; do touch $place/probe 2>/dev/null && echo "wrote $place"; done
touch /var/lib/spinup/probe /var/cache/spinup/probe /tmp/probe && rm /var/lib/spinup/probe && echo wrote its own
unshare --user --net true && echo without network
unshare --user --mount true 2>/dev/null && echo mounts
mount -t tmpfs none /mnt 2>/dev/null && echo mounts
grep -h ^NoNewPrivs /proc/self/status
/opt/spinup/bin/node -e "console.log('node ' + process.versions.node.split('.')[0])"`
      await machine.sh(
        `cat >/root-probe.sh <<'END'\n${probe}\nEND\ncat >/run/systemd/system/probe.service <<'END'\n${unit}\nEND`,
      )
      await ok(machine, 'systemctl daemon-reload && systemctl start probe')
      const said = await ok(
        machine,
        'journalctl -q -u probe -o cat _COMM=sh _COMM=id _COMM=grep _COMM=node + SYSLOG_IDENTIFIER=sh',
      )
      const lines = said
        .trim()
        .split('\n')
        .map((line) => line.replaceAll(/\s+/g, ' '))
      const wanted = ['spinup', 'wrote its own', 'without network', 'NoNewPrivs: 1', 'node 24']
      if (lines.join('|') !== wanted.join('|')) throw new Error(said)
      return ''
    })
    await it('killed, it is started again, and the balancer goes on meanwhile', async () => {
      const [bot, balancer] = [await pid(), await balancerOf(machine)]
      await ok(machine, `kill -9 ${bot}`)
      await until(async () => (await pid()) !== '0' && (await pid()) !== bot, {
        what: 'another bot',
        timeoutMs: 30_000,
      })
      await ready(url)
      if ((await balancerOf(machine)) !== balancer) throw new Error('there is another balancer')
      return ''
    })
    await it('the command spinup works with its settings and data', async () => {
      const version = (await ok(machine, 'spinup --version')).trim()
      const { said } = await machine.sh('spinup doctor --json')
      const { checks } = JSON.parse(said) as { checks: { name: string; state: string }[] }
      if (checks.find(({ name }) => name === 'Redis')?.state !== 'ok') throw new Error(said)
      return version
    })
    await it('at rest bot and balancer take less than 200 MB', async () => {
      const each = `for pid in $(pgrep -u spinup); do echo "$(tr '\\0' ' ' </proc/$pid/cmdline | sed 's|.*/||;s| .*||') $(sed -n 's/^Pss: *\\([0-9]*\\).*/\\1/p' /proc/$pid/smaps_rollup)"; done`
      const found = [...(await ok(machine, each)).matchAll(/^(\S+) (\d+)$/gm)].map(
        ([, name, kb]) => [name!, Math.round(Number(kb) / 1024)] as const,
      )
      const ours = found.filter(([name]) => name.startsWith('spinup'))
      const words = found.map(([name, mb]) => `${name} ${mb} MB`).join(', ')
      if (ours.length !== 2 || ours.reduce((sum, [, mb]) => sum + mb, 0) > 200) throw new Error(words)
      return words
    })
    await it('taken off, it leaves nothing that runs', async () => {
      await ok(machine, 'sh /root/install.sh --uninstall --all')
      const left = await machine.sh(
        'pgrep -u spinup -a; ls -d /opt/spinup /etc/spinup /var/lib/spinup /usr/local/bin/spinup /etc/systemd/system/spinup.service; id spinup',
      )
      if (/^\/|^uid|^\d/m.test(left.said)) throw new Error(left.said)
      return ''
    })
  } finally {
    await machine.stop()
  }
})

await group('cloud-init.yaml', whyNoRoot(), async (root) => {
  await it('its commands, after its files and packages, end in a program, its settings and Caddy’s', async () => {
    const config = parse(await readFile(join(MANIFESTS, 'cloud-init.yaml'), 'utf8')) as {
      write_files: { path: string; content: string; permissions?: string }[]
      runcmd: string[]
    }
    for (const { path, content, permissions = '0644' } of config.write_files) {
      await mkdir(join(root.path, path, '..'), { recursive: true })
      await writeFile(join(root.path, path), content, { mode: Number.parseInt(permissions, 8) })
    }
    // What would come from outside; all else is what the machine has.
    const stand: Readonly<Record<string, string>> = {
      curl: 'case "$*" in *example.com/spinup.tgz*) cp /root/packed.tgz /root/spinup.tgz ;; *) echo a key ;; esac',
      gpg: 'cat >/dev/null',
      'apt-get': ':',
      systemctl: 'echo "systemctl $*" >>/root/told',
    }
    for (const [name, text] of Object.entries(stand)) {
      await writeFile(join(root.path, 'usr/local/sbin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
    }
    await root.sh('mv /root/spinup.tgz /root/packed.tgz; rm /root/install.sh; mkdir -p /etc/caddy')
    await ok(root, config.runcmd.join('\n'))
    const caddy = await ok(
      root,
      'cat /etc/caddy/Caddyfile; stat -c "%a %U" /etc/spinup/.env; cat /root/told; id -un spinup; ls /opt/spinup/current/node_modules/spinup/dist/src/cli/spinup.js',
    )
    for (const wanted of [
      /^https:\/\/spinup\.example\.com \{$/m,
      /^600 spinup$/m,
      /reload-or-restart caddy/,
      /disable --now redis-server/,
    ]) {
      if (!wanted.test(caddy)) throw new Error(caddy)
    }
    const valid = await root.sh(
      'command -v caddy >/dev/null || exit 0; caddy adapt --config /etc/caddy/Caddyfile --adapter caddyfile',
    )
    if (valid.code !== 0) throw new Error(valid.said)
    return ''
  })
})

await group('the Dockerfile', whyNoRoot(), async (root) => {
  await it('its steps make what runs as a user without rights, on a root that nobody writes', async () => {
    // The base image's own user.
    await root.sh('id node || useradd --create-home node')
    await must('mount', '-t', 'proc', 'none', join(root.path, 'proc'))
    const image = await buildIn(root)
    const { said: folders } = await root.sh('du -sm /app | cut -f1; stat -c "%a %U" /data')
    if (!folders.endsWith('700 node\n') || image.user !== 'node') throw new Error(folders)
    const port = await freePort()
    const env = {
      ...image.env,
      SPINUP_PORT: String(port),
      SPINUP_BALANCER_PORT: String(await freePort()),
      SPINUP_CONSOLE_PASSWORD: randomBytes(9).toString('hex'),
    }
    const redis = await freePort()
    const server = spawn('redis-server', ['--port', String(redis), '--save', '', '--bind', '127.0.0.1'], {
      stdio: 'ignore',
    })
    const words = Object.entries({
      ...env,
      REDIS_URL: `redis://127.0.0.1:${redis}`,
      PATH: '/usr/local/bin:/usr/bin:/bin',
    }).map(([name, value]) => `${name}=${value}`)
    const inside = [
      `mount -t tmpfs none ${root.path}/tmp`,
      `mount --bind ${root.path}/data ${root.path}/data`,
      `mount -o remount,bind,ro ${root.path}`,
      `mount -t proc none ${root.path}/proc`,
      `mount --rbind /dev ${root.path}/dev`,
      `exec chroot ${root.path} setpriv --reuid=node --regid=node --clear-groups --no-new-privs --bounding-set=-all ` +
        `env -i -C ${image.workdir} ${words.join(' ')} ${image.command.join(' ')}`,
    ].join(' && ')
    const begun = performance.now()
    const bot = spawn('unshare', ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-euc', inside], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const closed = [bot, server].map((child) => once(child, 'close'))
    let log = ''
    for (const stream of [bot.stdout, bot.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => (log += part))
    try {
      await ready(`http://127.0.0.1:${port}`, () => log)
      return `${folders.split('\n')[0]} MB below /app · ready in ${seconds(begun)}`
    } finally {
      // As `docker stop` does.
      const pid = await childOf(bot)
      if (pid !== null) process.kill(Number(pid), 'SIGTERM')
      const late = setTimeout(() => pid !== null && process.kill(Number(pid), 'SIGKILL'), 30_000)
      await closed[0]
      clearTimeout(late)
      server.kill('SIGTERM')
      await closed[1]
    }
  })
})

await rm(dir, { recursive: true })
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = failed === 0 ? 0 : 1

async function ok(at: Pick<PrivateRoot | Machine, 'sh'>, script: string): Promise<string> {
  const { code, said }: Outcome = await at.sh(script)
  if (code !== 0) throw new Error(`${script}\n${said}`)
  return said
}

async function ready(url: string, log: () => string = () => ''): Promise<void> {
  const isReady = (): Promise<boolean> =>
    fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    )
  await until(isReady, { what: 'the bot to be ready', timeoutMs: 60_000 }).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${log()}`)
  })
}

async function balancerOf(machine: Machine): Promise<string> {
  return (await ok(machine, 'pgrep -f ^spinup-balancer')).trim()
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}
