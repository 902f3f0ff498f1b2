import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { SpinupError } from '../../src/core/model/error.ts'
import { ensureRedisProgram, findRedisProgram } from '../../src/store/install-redis.ts'

const redis = (version: string): string => `echo "Redis server v=${version} sha=00000000:0 malloc=libc bits=64"`

/** What a package manager leaves behind: a server program that tells `version`. */
const putServer = (name: string, version: string): string =>
  `printf '#!/bin/sh\\n%s\\n' '${redis(version)}' > "$H/${name}"; /bin/chmod 755 "$H/${name}"`

/** A folder of small shell scripts that stand in for a host's programs; the only thing on the PATH. */
describe('installing redis', () => {
  let root = ''
  let count = 0
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'spinup-install-'))
  })
  after(() => rmSync(root, { recursive: true, force: true }))

  const host = (programs: Readonly<Record<string, string>>) => {
    const path = join(root, `host${(count += 1)}`)
    mkdirSync(path)
    const add = (name: string, body: string): void => {
      writeFileSync(join(path, name), `#!/bin/sh\nH=${path}\n${body}\n`)
      chmodSync(join(path, name), 0o755)
    }
    for (const [name, body] of Object.entries(programs)) add(name, body)
    const said: string[] = []
    const calls = (): string => readFileSync(join(path, 'calls'), 'utf8')
    return { options: { path, say: (line: string) => void said.push(line) }, said, calls }
  }
  const note = 'echo "${0##*/} $* RUNLEVEL=$RUNLEVEL $DEBIAN_FRONTEND" >> "$H/calls"'
  const asRoot = { id: 'echo 0' }

  it('takes the redis-server that is there and says nothing', async () => {
    const { options, said } = host({ 'redis-server': redis('7.0.15') })
    const program = await ensureRedisProgram(options)
    assert.equal(program.file, join(options.path, 'redis-server'))
    assert.match(program.version, /7\.0\.15/)
    assert.deepEqual(said, [])
  })

  it('takes valkey 8 where redis is absent or too old', async () => {
    const valkey = 'echo "Valkey server v=8.1.0 sha=0"'
    assert.match((await findRedisProgram(host({ 'valkey-server': valkey }).options))?.file ?? '', /valkey-server$/)
    const both = host({ 'redis-server': redis('6.2.0'), 'valkey-server': valkey })
    assert.match((await findRedisProgram(both.options))?.file ?? '', /valkey-server$/)
    const oldValkey = host({ 'valkey-server': 'echo "Valkey server v=7.2.5 sha=0"' })
    assert.equal(await findRedisProgram(oldValkey.options), null)
  })

  it('installs with apt-get as root, leaving the service stopped, and says so in one line', async () => {
    const { options, said, calls } = host({ ...asRoot, 'apt-get': `${note}\n${putServer('redis-server', '7.0.15')}` })
    assert.equal((await ensureRedisProgram(options)).file, join(options.path, 'redis-server'))
    assert.equal(said.length, 1)
    assert.match(said[0] ?? '', /installing it with apt-get/)
    assert.match(calls(), /^apt-get install -y .*--no-install-recommends.* redis-server RUNLEVEL=1 noninteractive\n$/)
  })

  it('refreshes the package lists when the first try finds no package', async () => {
    const { options, calls } = host({
      ...asRoot,
      'apt-get': `${note}
case "$1 $*" in
  update*) : > "$H/fresh" ;;
  install*redis-server) [ -f "$H/fresh" ] || { echo 'E: Unable to locate package' >&2; exit 100; }; ${putServer('redis-server', '7.0.15')} ;;
  *) exit 100 ;;
esac`,
    })
    await ensureRedisProgram(options)
    assert.deepEqual(
      calls()
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split(' ')[1]),
      ['install', 'install', 'update', 'install'],
    )
  })

  it('uses sudo where it asks for no password', async () => {
    const { options, calls } = host({
      id: 'echo 1000',
      sudo: 'echo "sudo $*" >> "$H/calls"; [ "$1" = -n ] || exit 1; shift; [ "$1" = true ] && exit 0; exec "$@"',
      'apt-get': `${note}\n${putServer('redis-server', '7.2.4')}`,
    })
    await ensureRedisProgram(options)
    assert.match(calls(), /sudo -n \S*env RUNLEVEL=1 .*apt-get install/)
    assert.match(calls(), /^apt-get install .*RUNLEVEL=1 noninteractive$/m)
  })

  it('says the line to type where it may not install', async () => {
    const { options, said } = host({ id: 'echo 1000', sudo: 'exit 1', 'apt-get': note })
    await assert.rejects(ensureRedisProgram(options), (error) => {
      assert.ok(error instanceof SpinupError)
      assert.equal(error.code, 'missingProgram')
      assert.match(error.message, /sudo apt-get install redis-server/)
      return true
    })
    assert.deepEqual(said, [])
  })

  it('installs with apk and with brew', async () => {
    const alpine = host({ ...asRoot, apk: `${note}\n${putServer('redis-server', '7.2.4')}` })
    await ensureRedisProgram(alpine.options)
    assert.match(alpine.calls(), /^apk add .*redis RUNLEVEL=1/)
    const mac = host({ id: 'echo 501', brew: `${note}\n${putServer('redis-server', '8.0.0')}` })
    await ensureRedisProgram(mac.options)
    assert.match(mac.calls(), /^brew install .*redis RUNLEVEL=/)
  })

  it('tells the package manager’s complaint when it fails', async () => {
    const { options } = host({ ...asRoot, 'apt-get': 'echo "E: No space left on device" >&2; exit 100' })
    await assert.rejects(ensureRedisProgram(options), { code: 'missingProgram', message: /No space left on device/ })
  })

  it('says what to install where there is no package manager, or only an old version', async () => {
    await assert.rejects(ensureRedisProgram(host({}).options), { code: 'missingProgram', message: /Install Redis 7/ })
    await assert.rejects(ensureRedisProgram(host({ 'redis-server': redis('6.0.16') }).options), {
      code: 'missingProgram',
      message: /6\.0\.16\) is too old/,
    })
  })
})
