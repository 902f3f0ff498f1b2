#!/bin/sh
# Puts Spinup on this server as a systemd service, brings it up to date, or takes it off. Run it as often as you like.
#
#   sudo sh install.sh [PACKAGE]           PACKAGE: a file of `npm pack`, or the address of one; without it, what this
#                                          script stands in: a clone after `npm ci`, or the unpacked package
#   sudo sh install.sh --uninstall         the program; settings and data stay
#   sudo sh install.sh --uninstall --all   those, too; what Spinup did not make itself stays, as do backups and what opens
#                                          them, and it says where
#
# For packagers and tests: with DESTDIR set everything goes below that folder, no user is made and nothing is started.
set -eu
umask 022

ROOT=${DESTDIR:-}
PROGRAM=$ROOT/opt/spinup
SETTINGS=$ROOT/etc/spinup
DATA=$ROOT/var/lib/spinup
CACHE=$ROOT/var/cache/spinup
UNIT=$ROOT/etc/systemd/system/spinup.service
COMMAND=$ROOT/usr/local/bin/spinup
HERE=$(cd "$(dirname "$0")" && pwd)
WORK=

say() { printf 'spinup: %s\n' "$*"; }
fail() { printf 'spinup: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
systemd() { [ -z "$ROOT" ] && [ -d /run/systemd/system ]; }

# Removes from a folder what has one of those names, and the folder where nothing else is in it.
clear_out() {
  if [ ! -d "$1" ]; then return; fi
  (cd "$1" && rm -rf $2)
  rmdir "$1" 2>/dev/null || true
}

# What is left in a folder is somebody's own, and no longer the service's.
say_left() {
  if [ ! -d "$1" ]; then return; fi
  if [ -z "$ROOT" ]; then chown -R 0:0 "$1"; fi
  for left in "$1"/* "$1"/.[!.]*; do
    if [ -e "$left" ] || [ -L "$left" ]; then say "kept: $left"; fi
  done
}

remove_kept() {
  clear_out "$SETTINGS" '.env.old .env.new'
  clear_out "$DATA" 'redis balancer install restore-??????/ installation.json installation.json.new secret.*-*-*-*-*'
  # A backup is worth nothing without what opens it.
  if grep -rqs '^SPINUP BACKUP ' "$SETTINGS" "$DATA"; then
    say 'what is kept has a backup in it, so what opens it is kept as well'
    if grep -qs '^ *\(export \)\{0,1\}SPINUP_\(SECRET\|BACKUP_PASSPHRASE\) *=.' "$SETTINGS/.env"; then return; fi
    clear_out "$SETTINGS" .env
  else
    clear_out "$SETTINGS" .env
    clear_out "$DATA" secret
  fi
}

uninstall() {
  if systemd; then systemctl disable --now spinup >/dev/null 2>&1 || true; fi
  # The balancer outlives the bot, for updates; not this.
  if [ -z "$ROOT" ] && id spinup >/dev/null 2>&1 && [ -x "$COMMAND" ]; then "$COMMAND" stop || true; fi
  clear_out "$PROGRAM" 'bin releases current'
  rm -rf "$CACHE"
  rm -f "$UNIT" "$COMMAND"
  if systemd; then systemctl daemon-reload; fi
  if [ "${1:-}" = --all ]; then
    remove_kept
    if [ -z "$ROOT" ] && id spinup >/dev/null 2>&1; then userdel spinup; fi
    say 'gone, with its settings and data. Droplets are as they were; clones that ran still run, and cost money'
    say_left "$SETTINGS"
    say_left "$DATA"
  else
    say "gone; settings and data are kept in $SETTINGS and $DATA"
  fi
  say_left "$PROGRAM"
}

# A Node that is new enough, and where the service may see it: homes are closed to it.
find_node() {
  for node in "$(command -v node 2>/dev/null || true)" /usr/local/bin/node /usr/bin/node; do
    case $node in '' | /root/* | /home/*) continue ;; esac
    if [ -x "$node" ] && "$node" -e 'process.exit(parseInt(process.versions.node, 10) >= 24 ? 0 : 1)'; then
      NODE=$node
      return
    fi
  done
  fail 'it needs Node 24 or later in /usr/bin or /usr/local/bin; see https://nodejs.org/en/download, then run this again'
}

# Its own, which it keeps in its data folder, or another one's.
find_redis() {
  if have redis-server || have valkey-server; then return; fi
  if grep -qs '^ *\(export \)\{0,1\}REDIS_URL *=.' "$SETTINGS/.env"; then return; fi
  fail "it needs redis-server 7 or valkey-server 8 (apt-get install redis-server), or REDIS_URL in $SETTINGS/.env; then run this again"
}

# Sets PACKAGE to a file.
find_package() {
  case ${1:-} in
    '')
      [ -f "$HERE/../package.json" ] || fail 'say which package: sh install.sh spinup-VERSION.tgz'
      scripts=
      # An unpacked package is built already, and has nothing to build it with.
      if [ -d "$HERE/../dist" ] && [ ! -d "$HERE/../node_modules/esbuild" ]; then scripts=--ignore-scripts; fi
      PACKAGE=$WORK/$(cd "$HERE/.." && npm pack --silent $scripts --pack-destination "$WORK" | tail -n 1)
      ;;
    https://* | http://*)
      PACKAGE=$WORK/spinup.tgz
      curl -fsSL --retry 3 -o "$PACKAGE" "$1" || fail "could not fetch $1"
      ;;
    *) PACKAGE=$(cd "$(dirname "$1")" && pwd)/$(basename "$1") ;;
  esac
  tar -xzOf "$PACKAGE" package/manifests/spinup.service >"$WORK/spinup.service" 2>/dev/null ||
    fail "$PACKAGE is no package of Spinup"
}

make_user() {
  [ -z "$ROOT" ] || return 0
  if ! id spinup >/dev/null 2>&1; then
    useradd --system --user-group --no-create-home --home-dir /var/lib/spinup --shell /usr/sbin/nologin spinup
  fi
}

# Beside the one before, so that a bot that runs keeps its files until it is restarted, and an update can be taken back.
install_program() {
  release=$PROGRAM/releases/$(sha256sum "$PACKAGE" | cut -c1-12)
  mkdir -p "$PROGRAM/bin" "$PROGRAM/releases"
  ln -sfn "$NODE" "$PROGRAM/bin/node"
  if [ ! -f "$release/complete" ]; then
    rm -rf "$release"
    mkdir "$release"
    # Nothing has to be compiled, so no package may run a script.
    (cd "$release" && npm install --prefix . --loglevel=error --omit=dev --ignore-scripts --no-audit --no-fund "$PACKAGE") ||
      fail 'its packages could not be installed; nothing was changed'
    : >"$release/complete"
  fi
  before=$(readlink "$PROGRAM/current" || true)
  ln -sfn "releases/${release##*/}" "$PROGRAM/current"
  for old in "$PROGRAM"/releases/*; do
    case releases/${old##*/} in "releases/${release##*/}" | "$before") ;; *) rm -rf "$old" ;; esac
  done
}

install_settings() {
  mkdir -p "$SETTINGS" "$DATA" "${UNIT%/*}" "${COMMAND%/*}"
  if [ ! -f "$SETTINGS/.env" ]; then
    cp "$PROGRAM/current/node_modules/spinup/manifests/example.env" "$SETTINGS/.env"
  fi
  chmod 700 "$SETTINGS" "$DATA"
  chmod 600 "$SETTINGS/.env"
  if [ -z "$ROOT" ]; then chown -R spinup:spinup "$SETTINGS" "$DATA"; fi
  cp "$WORK/spinup.service" "$UNIT"
  cat >"$COMMAND" <<'END'
#!/bin/sh
# The program as the service runs it: its user, its settings, its data.
if [ "$(id -un)" != spinup ] && [ "$(id -u)" != 0 ]; then exec sudo "$0" "$@"; fi
cd /etc/spinup || exit 1
set -- /opt/spinup/bin/node /opt/spinup/current/node_modules/spinup/bin/spinup.js "$@"
set -- env SPINUP_DATA_DIR=/var/lib/spinup NODE_COMPILE_CACHE=/var/cache/spinup "$@"
if [ "$(id -u)" = 0 ]; then set -- setpriv --reuid=spinup --regid=spinup --clear-groups "$@"; fi
exec "$@"
END
  chmod 755 "$COMMAND"
}

start_service() {
  if ! systemd; then return; fi
  systemctl daemon-reload
  systemctl enable --quiet spinup
  systemctl restart spinup
}

usage() { sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0"; }

main() {
  # A slip is no package, and takes nothing off.
  case "$*" in
    -h | --help) usage; return ;;
    --uninstall | '--uninstall --all') ;;
    -* | *' -'*) usage >&2; exit 2 ;;
  esac
  if [ -z "$ROOT" ] && [ "$(id -u)" != 0 ]; then fail 'run it as root: sudo sh install.sh'; fi
  if [ "${1:-}" = --uninstall ]; then
    uninstall "${2:-}"
    return
  fi
  find_node
  have npm || fail 'it needs npm, which comes with Node'
  if [ -z "$ROOT" ]; then
    for program in useradd setpriv; do
      have "$program" || fail "it needs $program; without it, have \`spinup start\` run by what starts services here"
    done
  fi
  find_redis
  WORK=$(mktemp -d)
  trap 'rm -rf "$WORK"' EXIT
  find_package "${1:-}"
  make_user
  install_program
  install_settings
  start_service
  say "installed: $(sed -n 's/.*"version": "\(.*\)".*/\1/p' "$PROGRAM/current/node_modules/spinup/package.json" | head -n 1)"
  if grep -qs '^[A-Z]' "$SETTINGS/.env"; then say "its settings are in $SETTINGS/.env"
  else say "next: sudo spinup init, which asks for its settings; then: sudo systemctl restart spinup"
  fi
  if systemd; then say 'its log: journalctl -u spinup; whether all is well: sudo spinup doctor'
  elif [ -z "$ROOT" ]; then say 'systemd does not run here, so nothing was started'
  fi
}

main "$@"
