import assert from 'node:assert/strict'
import {
  access,
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { MANIFESTS, run, without, type Outcome } from './programs.ts'

const read = (name: string): Promise<string> => readFile(join(MANIFESTS, name), 'utf8')
const SCRIPT = join(MANIFESTS, 'install.sh')

describe('install.sh', () => {
  let dir = ''
  let root = ''
  let path = ''
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'spinup-installer-'))
    path = await programs({})
  })
  after(() => rm(dir, { recursive: true, force: true }))
  beforeEach(async () => {
    root = await mkdtemp(join(dir, 'root-'))
  })

  /** A folder of programs: what any server has, with the Node that runs this and a Redis, or other ones. */
  async function programs(instead: Readonly<Record<string, string | null>>): Promise<string> {
    const bin = await mkdtemp(join(dir, 'bin-'))
    const usual =
      'sh cat cp mv rm rmdir ln ls mkdir chmod sed grep head tail tar gzip cut sha256sum mktemp dirname basename readlink id env npm'
    for (const name of usual.split(' ')) {
      const { said } = await run('sh', ['-c', `command -v ${name}`])
      await symlink(said.trim(), join(bin, name))
    }
    const scripts: Readonly<Record<string, string | null>> = {
      node: `exec '${process.execPath}' "$@"`,
      'redis-server': 'exit 0',
      ...instead,
    }
    for (const [name, text] of Object.entries(scripts)) {
      if (text === null) continue
      await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`)
      await chmod(join(bin, name), 0o755)
    }
    return bin
  }

  /** A package without packages of its own, so that nothing is fetched. */
  async function packed(version: string): Promise<string> {
    const folder = await mkdtemp(join(dir, 'package-'))
    await mkdir(join(folder, 'bin'))
    await cp(MANIFESTS, join(folder, 'manifests'), { recursive: true })
    await writeFile(join(folder, 'bin/spinup.js'), '')
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'spinup', version }, null, 2))
    const { said } = await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: folder })
    return join(folder, said.trim())
  }

  const install = (words: readonly string[], bin = path): Promise<Outcome> =>
    run('sh', [SCRIPT, ...words], { env: { PATH: bin, HOME: root, DESTDIR: root, TMPDIR: dir } })
  const at = (name: string): string => join(root, name)
  const gone = async (...names: readonly string[]): Promise<void> => {
    for (const name of names) await assert.rejects(lstat(at(name)), name)
  }

  it('puts the program, its unit, its settings and a command in place, and may do that twice', async () => {
    const file = await packed('1.0.0')
    for (let turn = 0; turn < 2; turn++) {
      const { code, said } = await install([file])
      assert.equal(code, 0, said)
      assert.match(said, /installed: 1\.0\.0\n.*next: sudo spinup init/)
    }
    assert.equal(await readFile(at('etc/systemd/system/spinup.service'), 'utf8'), await read('spinup.service'))
    assert.equal((await stat(at('etc/spinup/.env'))).mode & 0o777, 0o600)
    assert.equal((await stat(at('var/lib/spinup'))).mode & 0o777, 0o700)
    assert.equal((await stat(at('usr/local/bin/spinup'))).mode & 0o777, 0o755)
    await access(at('opt/spinup/current/node_modules/spinup/bin/spinup.js'))
    // What the unit starts is what was installed.
    const [, node = '', program = ''] = /^ExecStart=(\S+) (\S+) start$/m.exec(await read('spinup.service')) ?? []
    await lstat(at(node))
    await access(at(program))
    assert.match(await readFile(at('usr/local/bin/spinup'), 'utf8'), new RegExp(`${node} ${program} "\\$@"`))
  })

  it('has the service and the command read the same settings, and no others', async () => {
    await install([await packed('1.0.0')])
    const unit = await read('spinup.service')
    const command = await readFile(at('usr/local/bin/spinup'), 'utf8')
    const [, folder = ''] = /^WorkingDirectory=(.+)$/m.exec(unit) ?? []
    assert.match(command, new RegExp(`^cd ${folder} `, 'm'))
    assert.doesNotMatch(unit, /^EnvironmentFile=/m)
    for (const name of ['SPINUP_DATA_DIR', 'NODE_COMPILE_CACHE']) {
      const [set = ''] = new RegExp(`${name}=\\S+`).exec(unit) ?? []
      assert.ok(set !== '' && command.includes(set), name)
    }
  })

  it('keeps the settings and the program before it when it brings another, and no third one', async () => {
    const [one, two, three] = [await packed('1.0.0'), await packed('1.1.0'), await packed('1.2.0')]
    await install([one])
    await writeFile(at('etc/spinup/.env'), 'SPINUP_PORT=9000\n')
    const first = await readlink(at('opt/spinup/current'))
    const updated = await install([two])
    assert.match(updated.said, /installed: 1\.1\.0\n.*its settings are in/)
    assert.equal(await readFile(at('etc/spinup/.env'), 'utf8'), 'SPINUP_PORT=9000\n')
    await access(at(`opt/spinup/${first}`))
    // Back again, and on.
    assert.match((await install([one])).said, /installed: 1\.0\.0/)
    assert.equal(await readlink(at('opt/spinup/current')), first)
    assert.match((await install([three])).said, /installed: 1\.2\.0/)
    const { said } = await run('ls', [at('opt/spinup/releases')])
    assert.equal(said.trim().split('\n').length, 2)
  })

  it('takes the program off and leaves settings and data, unless it is told to take all', async () => {
    await install([await packed('1.0.0')])
    await writeFile(at('var/lib/spinup/secret'), 'x')
    for (let turn = 0; turn < 2; turn++) assert.equal((await install(['--uninstall'])).code, 0)
    await gone('opt/spinup', 'etc/systemd/system/spinup.service', 'usr/local/bin/spinup')
    await access(at('var/lib/spinup/secret'))
    await access(at('etc/spinup/.env'))
    assert.match((await install(['--uninstall', '--all'])).said, /clones that ran still run, and cost money/)
    await gone('var/lib/spinup', 'etc/spinup')
  })

  /** Installs it, lets a bot have run, puts those files beside what is its own, and takes all off. */
  async function takenOff(files: Readonly<Record<string, string>>): Promise<string> {
    root = await mkdtemp(join(dir, 'root-'))
    await install([await packed('1.0.0')])
    for (const folder of ['redis/appendonlydir', 'balancer', 'install', 'restore-Ab12cd'])
      await mkdir(at(`var/lib/spinup/${folder}`), { recursive: true })
    const made = ['secret', 'secret.0b6f8c1e-1111-2222-3333-444455556666', 'installation.json', 'restore-Ab12cd/stdin']
    for (const name of made) await writeFile(at(`var/lib/spinup/${name}`), 'x')
    for (const name of ['.env.old', '.env.new']) await writeFile(at(`etc/spinup/${name}`), 'SPINUP_PORT=1')
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(at(name), '..'), { recursive: true })
      await writeFile(at(name), text)
    }
    const { code, said } = await install(['--uninstall', '--all'])
    assert.equal(code, 0, said)
    return said
  }
  const files = async (): Promise<readonly string[]> => {
    const all = await readdir(root, { recursive: true, withFileTypes: true })
    const there = all
      .filter((one) => one.isFile())
      .map(({ parentPath, name }) => relative(root, join(parentPath, name)))
    return there.filter((name) => /^(etc|opt|var|usr)/.test(name)).toSorted()
  }

  it('leaves nothing where all is its own', async () => {
    assert.doesNotMatch(await takenOff({}), /kept/)
    assert.deepEqual(await files(), [])
    await gone('var/lib/spinup', 'etc/spinup', 'opt/spinup')
  })

  it('keeps what it did not make itself, and says where that is', async () => {
    const others = {
      'etc/spinup/web policy.yaml': 'max: 4',
      'etc/spinup/.notes': 'x',
      'etc/spinup/restore.md': 'x',
      'opt/spinup/spinup-1.0.0.tgz': 'x',
      'var/lib/spinup/audit/2026.ndjson': '{}',
      'var/lib/spinup/secret.txt': 'x',
      'var/lib/spinup/restore-me.txt': 'x',
    }
    const said = await takenOff(others)
    assert.deepEqual(await files(), Object.keys(others).toSorted())
    for (const name of Object.keys(others)) {
      const shown = name.replace('/2026.ndjson', '')
      assert.ok(said.includes(`kept: ${at(shown)}\n`), `${shown}: ${said}`)
    }
  })

  it('keeps what opens a backup with it, wherever that was written', async () => {
    const backup = 'SPINUP BACKUP {"format":1}\n\0\xff'
    for (const name of [
      'etc/spinup/spinup.backup',
      'var/lib/spinup/nightly/of today',
      'etc/spinup/a.before-20261130-120000',
    ]) {
      const said = await takenOff({ [name]: backup })
      assert.deepEqual(await files(), [name, 'var/lib/spinup/secret'].toSorted())
      assert.match(said, /what opens it is kept as well/)
      assert.match(said, /kept: .*var\/lib\/spinup\/secret\n/)
    }
    const settings = 'SPINUP_PORT=1\nSPINUP_BACKUP_PASSPHRASE=correct horse battery\n'
    await takenOff({ 'etc/spinup/spinup.backup': backup, 'etc/spinup/.env': settings })
    assert.deepEqual(
      (await files()).filter((name) => name.startsWith('etc')),
      ['etc/spinup/.env', 'etc/spinup/spinup.backup'],
    )
  })

  it('changes nothing where something is missing, and says what', async () => {
    const file = await packed('1.0.0')
    const old = 'echo v20; exit 1'
    const cases: readonly (readonly [words: readonly string[], bin: string, says: RegExp])[] = [
      [[file], await programs({ 'redis-server': null }), /needs redis-server 7 or valkey-server 8 \(apt-get install/],
      [[file], await programs({ node: old }), /needs Node 24 or later in \/usr\/bin/],
      [[SCRIPT], path, /install\.sh is no package of Spinup/],
      [[join(dir, 'none.tgz')], path, /none\.tgz is no package of Spinup/],
    ]
    for (const [words, bin, says] of cases) {
      const { code, said } = await install(words, bin)
      // A host may have a good Node in /usr/bin all the same.
      if (code === 0 && bin === cases[1]![1]) continue
      assert.equal(code, 1, said)
      assert.match(said, says)
      await gone('opt/spinup', 'etc/systemd')
    }
    for (const words of [['--unistall'], ['--all'], ['--uninstall', '--al'], [file, '--force'], ['-x']]) {
      const { code, said } = await install(words)
      assert.equal(code, 2, words.join(' '))
      assert.match(said, /--uninstall --all/)
      await gone('opt/spinup', 'etc/systemd')
    }
    assert.match((await install(['--help'])).said, /sudo sh install\.sh \[PACKAGE\][^]*--uninstall --all/)
  })

  it('needs no Redis here where the settings name one', async () => {
    await mkdir(at('etc/spinup'), { recursive: true })
    const bin = await programs({ 'redis-server': null })
    const file = await packed('1.0.0')
    for (const [line, status] of [
      ['REDIS_URL=redis://10.0.0.7:6379', 0],
      ['  export REDIS_URL = redis://10.0.0.7:6379', 0],
      ['#REDIS_URL=redis://10.0.0.7:6379', 1],
      ['REDIS_URL=', 1],
    ] as const) {
      await writeFile(at('etc/spinup/.env'), `${line}\n`)
      const { code, said } = await install([file], bin)
      assert.equal(code, status, line + said)
    }
  })

  it('is plain shell without what shells differ in', { skip: without('shellcheck') }, async () => {
    const dash = await run('shellcheck', ['-s', 'dash', '-e', 'SC2086', SCRIPT])
    assert.equal(dash.code, 0, dash.said)
  })
})
