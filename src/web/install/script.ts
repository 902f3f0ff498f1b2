import { sha256Of } from './bundle.ts'

/** What the script is given; each is put between single quotes. */
export interface ScriptValues {
  readonly url: string
  readonly key: string
  /** `used`: the key is not good any more, so only a host that is enrolled already goes on. */
  readonly keyState: 'open' | 'used'
  /** The id of the droplet that the line is for; empty: not known. */
  readonly droplet: string
  readonly agentSha256: string
  /** Of the Node that the bot can hand out; empty: none. */
  readonly nodeArch: string
  readonly nodeSha256: string
}

const END = 'SPINUP_INSTALL_END'

/**
 * The script behind the install line: `body` (agent/install.sh) with its values, wrapped so that nothing of it runs
 * unless all of it has arrived. `sh` executes as it reads, and a broken connection would leave half an installation.
 */
export function installScript(body: string, values: ScriptValues): string {
  const whole = `#!/bin/sh
set -eu
URL=${quoted(values.url)}
KEY=${quoted(values.key)}
KEY_STATE=${quoted(values.keyState)}
DROPLET=${quoted(values.droplet)}
AGENT_SHA256=${quoted(values.agentSha256)}
NODE_ARCH=${quoted(values.nodeArch)}
NODE_SHA256=${quoted(values.nodeSha256)}
${body}
main "$@"
`
  return `#!/bin/sh
# The Spinup agent's installer, made by the bot at ${values.url}.
# To take the agent off again, end the line with: | sudo sh -s -- --uninstall
{ # All or nothing: without its other end, the shell refuses to read it.
set -eu
umask 022
script=$(mktemp)
trap 'rm -f "$script"' EXIT
cat >"$script" <<'${END}'
${whole}${END}
sum=$( (sha256sum "$script" || shasum -a 256 "$script" || openssl dgst -sha256 -r "$script") 2>/dev/null | cut -d' ' -f1)
if [ "$sum" != ${sha256Of(whole)} ]; then
  echo 'spinup: the installer arrived incomplete; nothing was changed. Run the line again.' >&2
  exit 1
fi
sh "$script" "$@" </dev/null
}
`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
