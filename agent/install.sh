# Puts the Spinup agent on this host, or takes it off again. It is sent by the bot, which sets the values in capitals
# above this line and checks that it arrived whole before it runs. Runs on any POSIX shell.

SERVICE=spinup-agent
# For packagers and tests: everything goes below this folder, and nothing is started.
STAGE=${SPINUP_AGENT_ROOT:-}
HOME_DIR=$STAGE/opt/$SERVICE
STATE_DIR=$STAGE/var/lib/$SERVICE
CACHE_DIR=$STAGE/var/cache/$SERVICE
CONFIG=$STATE_DIR/config.json
UNIT=$STAGE/etc/systemd/system/$SERVICE.service
INIT=$STAGE/etc/init.d/$SERVICE
METADATA=${SPINUP_AGENT_METADATA:-http://169.254.169.254}

say() { printf 'spinup: %s\n' "$*"; }
fail() { printf 'spinup: %s\n' "$*" >&2; report "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# What the agent logged last, without the JSON around it.
last_words() {
  if systemd; then journalctl -u "$SERVICE" -n 20 -o cat; else tail -n 20 "/var/log/$SERVICE.log"; fi 2>/dev/null |
    sed -n 's/.*"msg":"\(.*\)"}$/\1/p' | tail -n 1
}

# What goes wrong here, to the bot, whose card in the channel shows it. Nothing depends on its arriving.
report() {
  [ "$KEY_STATE" = open ] || return 0
  if have curl; then curl -fsS --max-time 5 -H 'content-type: text/plain' --data-binary "$1" "$URL/install/trouble?key=$KEY"
  else wget -q -T 5 -t 1 -O - --header 'content-type: text/plain' --post-data "$1" "$URL/install/trouble?key=$KEY"
  fi >/dev/null 2>&1 || true
}

systemd() { [ -d /run/systemd/system ] || [ "${SPINUP_AGENT_INIT:-}" = systemd ]; }
openrc() { have openrc-run || [ "${SPINUP_AGENT_INIT:-}" = openrc ]; }

# fetch URL FILE
fetch() {
  if have curl; then curl -fsSL --retry 3 --max-time 300 -o "$2" "$1"
  elif have wget; then wget -q -T 300 -O "$2" "$1"
  else fail 'neither curl nor wget is here; install one of them'
  fi
}

checksum() {
  if have sha256sum; then sha256sum "$1"
  elif have shasum; then shasum -a 256 "$1"
  else openssl dgst -sha256 -r "$1"
  fi | cut -d' ' -f1
}

# download URL FILE SHA256
download() {
  fetch "$1" "$2" || fail "could not fetch ${1%%\?*}; is the bot reachable from here?"
  [ "$(checksum "$2")" = "$3" ] || fail "${1%%\?*} arrived incomplete or altered (wrong checksum); run the line again"
}

stop_service() {
  [ -z "$STAGE" ] || return 0
  if systemd; then systemctl disable --now "$SERVICE" >/dev/null 2>&1 || true
  elif [ -x "$INIT" ]; then "$INIT" stop >/dev/null 2>&1 || true
  fi
}

start_service() {
  [ -z "$STAGE" ] || return 0
  if systemd; then
    systemctl daemon-reload
    systemctl enable "$SERVICE" >/dev/null 2>&1
    systemctl restart "$SERVICE"
  elif openrc; then
    rc-update add "$SERVICE" default >/dev/null 2>&1 || true
    "$INIT" restart
  else
    if have update-rc.d; then update-rc.d "$SERVICE" defaults >/dev/null 2>&1 || true
    elif have chkconfig; then chkconfig --add "$SERVICE" >/dev/null 2>&1 || true
    fi
    "$INIT" restart
  fi
}

uninstall() {
  stop_service
  if [ -z "$STAGE" ] && ! systemd; then
    if openrc; then rc-update del "$SERVICE" default >/dev/null 2>&1 || true
    elif have update-rc.d; then update-rc.d -f "$SERVICE" remove >/dev/null 2>&1 || true
    elif have chkconfig; then chkconfig --del "$SERVICE" >/dev/null 2>&1 || true
    fi
  fi
  rm -f "$UNIT" "$INIT" "$STAGE/var/log/$SERVICE.log"
  rm -rf "$HOME_DIR" "$STATE_DIR" "$CACHE_DIR"
  if [ -z "$STAGE" ]; then
    if systemd; then systemctl daemon-reload; fi
    # Nothing else runs as this user.
    if have pkill; then pkill -KILL -u "$SERVICE" 2>/dev/null || true; fi
    if id "$SERVICE" >/dev/null 2>&1; then
      if have userdel; then userdel "$SERVICE" >/dev/null 2>&1 || true
      else deluser "$SERVICE" >/dev/null 2>&1 || true
      fi
    fi
  fi
  say 'the agent is gone from this host'
}

# Whether a node is new enough, and where the service may see it: homes are closed to it.
usable() {
  case $1 in /root/* | /home/*) return 1 ;; esac
  [ -x "$1" ] && "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) ? 0 : 1)' >/dev/null 2>&1
}

install_node() {
  own=$HOME_DIR/bin/node
  for node in "$own" "$(command -v node 2>/dev/null || true)" /usr/local/bin/node /usr/bin/node; do
    if [ -n "$node" ] && usable "$node"; then NODE=$node; return; fi
  done
  case $(uname -m) in x86_64 | amd64) arch=x64 ;; aarch64 | arm64) arch=arm64 ;; *) arch=$(uname -m) ;; esac
  if [ "$(uname -s)" = Linux ] && [ "$arch" = "$NODE_ARCH" ] && [ "$KEY_STATE" = open ]; then
    say 'fetching Node from the bot (some 50 MB)'
    mkdir -p "$HOME_DIR/bin"
    download "$URL/install/node.gz?key=$KEY" "$WORK/node.gz" "$NODE_SHA256"
    gzip -dc "$WORK/node.gz" >"$own.new"
    chmod 755 "$own.new"
    mv "$own.new" "$own"
    if usable "$own"; then NODE=$own; return; fi
    rm -f "$own"
  fi
  fail 'this host has no Node 22.12 or newer that the agent could use; install one (see nodejs.org) and run the line again'
}

make_user() {
  [ -z "$STAGE" ] || return 0
  id "$SERVICE" >/dev/null 2>&1 && return
  if have useradd; then useradd --system --user-group --no-create-home --home-dir "$STATE_DIR" --shell /usr/sbin/nologin "$SERVICE"
  else addgroup -S "$SERVICE" 2>/dev/null || true; adduser -S -D -H -h "$STATE_DIR" -s /sbin/nologin -G "$SERVICE" "$SERVICE"
  fi
}

install_code() {
  download "$URL/install/agent.tgz" "$WORK/agent.tgz" "$AGENT_SHA256"
  rm -rf "$HOME_DIR/code.new"
  mkdir -p "$HOME_DIR/code.new"
  gzip -dc "$WORK/agent.tgz" | tar -xf - -C "$HOME_DIR/code.new"
  chmod -R u=rwX,go=rX "$HOME_DIR"
  rm -rf "$HOME_DIR/code.old"
  if [ -d "$HOME_DIR/code" ]; then mv "$HOME_DIR/code" "$HOME_DIR/code.old"; fi
  mv "$HOME_DIR/code.new" "$HOME_DIR/code"
  rm -rf "$HOME_DIR/code.old"
}

# Sets OWN_DROPLET, by which a copy of this disk will notice that it is one; empty: this is no droplet.
find_droplet() {
  OWN_DROPLET=
  for _ in 1 2 3; do
    if have curl; then curl -fsS --noproxy '*' --max-time 2 -o "$WORK/droplet" "$METADATA/metadata/v1/id" 2>/dev/null || continue
    else wget -q -T 2 -t 1 -O "$WORK/droplet" "$METADATA/metadata/v1/id" 2>/dev/null || continue
    fi
    OWN_DROPLET=$(tr -cd 0-9 <"$WORK/droplet" | cut -c1-20)
    break
  done
  [ -n "$DROPLET" ] || return 0
  if [ -n "$OWN_DROPLET" ] && [ "$OWN_DROPLET" != "$DROPLET" ]; then
    fail "this line is for droplet $DROPLET, and this is $OWN_DROPLET; run it there. Clones need none: the snapshot has the agent"
  fi
  OWN_DROPLET=$DROPLET
}

enrolled() { [ -f "$CONFIG" ] && grep -q '"key"' "$CONFIG"; }

write_config() {
  mkdir -p "$STATE_DIR" "$CACHE_DIR"
  if [ "$KEY_STATE" = open ]; then
    host=$(uname -n | tr -cd 'A-Za-z0-9._-' | cut -c1-200)
    (
      umask 077
      printf '{"url":"%s","enrol":"%s","host":"%s"%s}\n' "$URL" "$KEY" "$host" "${OWN_DROPLET:+,\"droplet\":\"$OWN_DROPLET\"}" >"$CONFIG.new"
    )
    mv "$CONFIG.new" "$CONFIG"
  fi
  chmod 700 "$STATE_DIR" "$CACHE_DIR"
  chmod 600 "$CONFIG"
  if [ -z "$STAGE" ]; then chown -R "$SERVICE:$SERVICE" "$STATE_DIR" "$CACHE_DIR"; fi
}

write_unit() {
  mkdir -p "${UNIT%/*}"
  cat >"$UNIT" <<UNIT_END
[Unit]
Description=Spinup agent: reports this host's load
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
ExecStart=$NODE $HOME_DIR/code/agent/main.js --config $CONFIG
Environment=NODE_COMPILE_CACHE=$CACHE_DIR
User=$SERVICE
Group=$SERVICE
Restart=always
RestartSec=2
UMask=0077
StateDirectory=$SERVICE
StateDirectoryMode=0700
CacheDirectory=$SERVICE
CacheDirectoryMode=0700
CPUWeight=20
MemoryMax=256M
TasksMax=64
CapabilityBoundingSet=
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
ProtectProc=invisible
ProtectClock=yes
ProtectHostname=yes
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
PrivateDevices=yes
PrivateTmp=yes
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
UNIT_END
  chmod 644 "$UNIT"
}

write_openrc() {
  mkdir -p "${INIT%/*}"
  cat >"$INIT" <<INIT_END
#!/sbin/openrc-run
description="Spinup agent: reports this host's load"
supervisor=supervise-daemon
command="$NODE"
command_args="$HOME_DIR/code/agent/main.js --config $CONFIG"
command_user="$SERVICE:$SERVICE"
respawn_delay=2
respawn_max=0
export NODE_COMPILE_CACHE="$CACHE_DIR"

depend() {
  need net
}
INIT_END
  chmod 755 "$INIT"
}

write_init() {
  mkdir -p "${INIT%/*}" "$HOME_DIR/bin"
  # Restarts the agent, as systemd would.
  cat >"$HOME_DIR/bin/run" <<RUN_END
#!/bin/sh
NODE_COMPILE_CACHE=$CACHE_DIR
export NODE_COMPILE_CACHE
trap 'trap - TERM; kill "\$child" 2>/dev/null; wait "\$child"; exit 0' TERM
while :; do
  $NODE $HOME_DIR/code/agent/main.js --config $CONFIG &
  child=\$!
  wait "\$child"
  sleep 2
done
RUN_END
  chmod 755 "$HOME_DIR/bin/run"
  cat >"$INIT" <<INIT_END
#!/bin/sh
### BEGIN INIT INFO
# Provides:          $SERVICE
# Required-Start:    \$network \$local_fs
# Required-Stop:     \$network \$local_fs
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: Spinup agent: reports this host's load
### END INIT INFO
PIDFILE=/var/run/$SERVICE.pid
LOG=/var/log/$SERVICE.log

running() { [ -f "\$PIDFILE" ] && kill -0 "\$(cat "\$PIDFILE")" 2>/dev/null; }

start() {
  if running; then return 0; fi
  umask 077
  setsid su -s /bin/sh -c "exec $HOME_DIR/bin/run" $SERVICE >>"\$LOG" 2>&1 </dev/null &
  echo \$! >"\$PIDFILE"
}

stop() {
  if running; then
    kill -TERM "\$(cat "\$PIDFILE")"
    for _ in 1 2 3 4 5; do if running; then sleep 1; fi; done
  fi
  rm -f "\$PIDFILE"
}

case "\$1" in
  start) start ;;
  stop) stop ;;
  restart | force-reload) stop; sleep 1; start ;;
  status) if running; then echo running; else echo stopped; exit 3; fi ;;
  *) echo "usage: \$0 start|stop|restart|status" >&2; exit 2 ;;
esac
INIT_END
  chmod 755 "$INIT"
}

write_service() {
  if systemd; then write_unit
  elif openrc; then write_openrc
  else write_init
  fi
}

main() {
  case ${1:-} in
    --uninstall) ;;
    '') ;;
    *) fail "it takes --uninstall or nothing, not $1" ;;
  esac
  if [ -z "$STAGE" ] && [ "$(id -u)" != 0 ]; then fail 'run it as root: curl … | sudo sh'; fi
  if [ "${1:-}" = --uninstall ]; then uninstall; return; fi
  if [ "$KEY_STATE" != open ] && ! enrolled; then
    fail 'this line was used, is too old, or has no key; ask for a new one with /spinup connect install'
  fi

  WORK=$(mktemp -d)
  trap 'rm -rf "$WORK"' EXIT
  if [ "$KEY_STATE" = open ]; then find_droplet; fi
  install_node
  make_user
  install_code
  write_config
  write_service
  start_service

  if [ -n "$STAGE" ]; then say "staged below $STAGE"; return; fi
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    if enrolled; then say 'the agent runs, and the bot knows it'; return; fi
    sleep 1
  done
  say "the agent runs, but has not reached the bot at $URL yet; it keeps trying"
  report "the agent runs, but does not reach the bot: $(last_words)"
  if systemd; then say "its log: journalctl -u $SERVICE"; else say "its log: /var/log/$SERVICE.log"; fi
}
