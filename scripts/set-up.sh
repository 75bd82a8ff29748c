#!/bin/sh
# Brings a machine to where `make run` or `make test` can work, and does nothing where it has been done:
#   scripts/set-up.sh run|test
# Debian 12 as root or with sudo. Without either, PostgreSQL is unpacked into the project.
set -eu
cd "$(dirname "$0")/.."

purpose=${1:?run or test}
case $purpose in
  run) lock=requirements.lock ;;
  test) lock=requirements-dev.lock ;;
  *) echo "usage: $0 run|test" >&2; exit 2 ;;
esac

say() { echo "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }

postgres_bin() {
  for folder in /usr/lib/postgresql/*/bin; do
    version=$(basename "$(dirname "$folder")")
    if [ -x "$folder/initdb" ] && [ -e "/usr/share/postgresql/$version/extension/postgis.control" ]; then
      echo "$folder"; return
    fi
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif have sudo; then sudo "$@"; else return 1; fi
}

# Which of Debian's packages are missing?
wanted=
python=
new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
for candidate in .venv/bin/python python3.13 python3.12 python3.11 python3; do
  if have "$candidate" && "$candidate" -c "$new_enough" 2>/dev/null; then
    python=$candidate; break
  fi
done
if [ "$python" != .venv/bin/python ]; then
  [ -n "$python" ] && "$python" -c 'import ensurepip, venv' 2>/dev/null || wanted="$wanted python3-venv"
fi
need_postgres=
if [ -z "${DATABASE_URL:-}${DATABASE_OWNER_URL:-}" ] && [ -z "$(postgres_bin)" ] &&
  [ ! -d var/packages/usr/lib/postgresql ]; then
  need_postgres=yes
fi
if [ "$purpose" = test ]; then
  have chromium || have chromium-browser || have google-chrome || wanted="$wanted chromium"
fi

# Debian 12 has PostgreSQL 15, Ubuntu 24.04 has 16: the newest that comes with PostGIS.
postgres_packages() {
  release=$(apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' | cut -d- -f2 | sort -n | tail -1)
  echo "postgresql-${release:-15} postgresql-${release:-15}-postgis-3"
}

install() {
  # Before the packages: without it Debian makes a cluster of its own on port 5432.
  as_root mkdir -p /etc/postgresql-common/createcluster.d || return 1
  echo 'create_main_cluster = false' |
    as_root tee /etc/postgresql-common/createcluster.d/command-wall.conf >/dev/null || return 1
  say "Looking for packages …"
  as_root apt-get update -q >var/packages.log 2>&1 || return 1
  names="$wanted"
  [ -z "$need_postgres" ] || names="$names $(postgres_packages)"
  say "Installing$names (about a minute) …"
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $names >>var/packages.log 2>&1
}

# Where nothing may be installed, PostgreSQL can still be unpacked under var/ and run from there.
unpack() {
  say "No right to install; unpacking PostgreSQL into var/packages (about a minute) …"
  rm -rf var/packages var/packages.new
  mkdir -p var/packages.new/archives
  # shellcheck disable=SC2046
  names=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
    --no-enhances $(postgres_packages) | grep '^[a-z0-9]' | sort -u |
    while read -r name; do
      dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || echo "$name"
    done)
  # shellcheck disable=SC2086
  (cd var/packages.new/archives && apt-get download $names >>../../packages.log 2>&1) || return 1
  for archive in var/packages.new/archives/*.deb; do dpkg -x "$archive" var/packages.new || return 1; done
  for control in var/packages.new/usr/share/postgresql/*/extension/postgis-3.control; do
    # Debian makes this link when the package is configured, and unpacking configures nothing.
    ln -s postgis-3.control "${control%-3.control}.control"
  done
  rm -rf var/packages.new/archives var/packages.new/usr/share/doc var/packages.new/usr/share/man
  mv var/packages.new var/packages
}

mkdir -p var
if [ -n "$wanted$need_postgres" ]; then
  missing="$wanted${need_postgres:+ postgresql postgis}"
  other_ways="or use \`docker compose up\`, or set DATABASE_URL and DATABASE_OWNER_URL to a PostGIS elsewhere"
  if ! have apt-get; then
    say "Missing:$missing, and there is no apt-get here. Install them by hand, $other_ways."
    exit 1
  fi
  if ! install && { [ -n "$wanted" ] || ! unpack; }; then
    say "Could not install:$missing (var/packages.log says why). Install them as root with apt-get, $other_ways."
    exit 1
  fi
fi
[ -n "$python" ] || python=python3
if ! "$python" -c "$new_enough"; then
  say "Python 3.11 or newer is needed, and here is $("$python" --version). \`docker compose up\` brings its own."
  exit 1
fi

# The environment: what the locks say, to the letter. Tests need more than the product, so that a prepared test
# environment serves `make run` as well.
digest() { cat "$1" pyproject.toml scripts/uv.lock package-lock.json | sha256sum | cut -d' ' -f1; }
ready() {
  [ "$1" = run ] || [ -e node_modules/typescript ] || return 1
  [ -x .venv/bin/wall ] && [ "$(cat ".venv/ready-for-$1" 2>/dev/null)" = "$(digest "$2")" ]
}
if ready "$purpose" "$lock" || ready test requirements-dev.lock; then exit 0; fi

if [ "$purpose" = run ] && [ -e .venv/ready-for-test ]; then purpose=test lock=requirements-dev.lock; fi
say "Preparing the Python environment …"
[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -c 'import uv' 2>/dev/null ||
  .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r scripts/uv.lock
uv() { .venv/bin/python -m uv "$@" --quiet --python .venv/bin/python; }
uv pip sync --require-hashes "$lock" ||
  { say "The Python packages could not be fetched. Is there a package index? \`docker compose up\` needs one as well."; exit 1; }
.venv/bin/python -c 'import uv' 2>/dev/null ||
  .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r scripts/uv.lock
uv pip install --no-deps --no-build-isolation --editable .
# The checker of the browser's modules; node itself came with the Python packages.
[ "$purpose" = run ] || .venv/bin/npm ci --no-audit --no-fund --loglevel=error >&2
.venv/bin/python -m compileall -q gis layers dispatch wall_ui
digest "$lock" >".venv/ready-for-$purpose"
