# Sourced by run.sh and .ci/run: sees that there is what building and testing need, by apt where it is missing, and
# notes in `left_out` what cannot be tested without the rest. The photo models are fetched from the package index. Needs root or sudo to install anything.
# shellcheck shell=bash

left_out=()

# A server, as tests/it/support/db.rs looks for it: all three in one folder. The client alone is none.
has_postgres() {
    local folder folders
    IFS=: read -ra folders <<<"$PATH"
    for folder in /usr/lib/postgresql/*/bin "${folders[@]}"; do
        if [[ -x $folder/initdb && -x $folder/postgres && -x $folder/pg_isready ]]; then
            return 0
        fi
    done
    return 1
}

# A browser, as mock-platform/src/tests/browser.rs looks for it.
has_chromium() {
    command -v chromium chromium-browser google-chrome google-chrome-stable >/dev/null
}

# Screenshots of Chinese pages show boxes without them.
has_fonts() {
    command -v fc-list >/dev/null && [[ -n $(fc-list :lang=zh-cn) && -n $(fc-list :lang=und-zsye) ]]
}

# For the independent clients of tests/conformance: Debian splits venv from Python.
has_python() {
    python3 -c 'import ensurepip, tomllib' 2>/dev/null
}

has_node() {
    command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' 2>/dev/null
}

as_root() {
    if [[ $(id -u) -eq 0 ]]; then "$@"; else sudo -n "$@"; fi
}

# Installs a package; whether that worked is seen by whoever needs it.
install() {
    if ! command -v apt-get >/dev/null; then
        return 0
    fi
    printf 'installing %s\n' "$*" >&2
    {
        as_root apt-get update -qq &&
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
    } >&2 || true
}

if ! command -v cargo >/dev/null; then
    printf 'there is no cargo: install Rust 1.95 or newer (https://rustup.rs) and come again\n' >&2
    exit 1
fi
if ! command -v cc >/dev/null; then
    install gcc libc6-dev
fi
if ! command -v cc >/dev/null; then
    printf 'there is no C compiler, and SQLite needs one: install the packages gcc and libc6-dev\n' >&2
    exit 1
fi
if ! has_postgres; then
    install postgresql
fi
if ! has_postgres; then
    left_out+=('everything on PostgreSQL (install the package postgresql)')
fi
if ! has_chromium; then
    install chromium
fi
if has_chromium && ! has_fonts; then
    install fontconfig fonts-noto-cjk fonts-noto-color-emoji
fi
if ! has_chromium; then
    left_out+=('the page in a browser (install the package chromium)')
fi
if ! has_python; then
    install python3 python3-venv
fi
if ! has_node; then
    install nodejs npm
fi
# Says nothing when they are there already.
if "${BASH_SOURCE[0]%/*}/../models/fetch.sh" >&2; then
    has_models=yes
else
    has_models=''
    left_out+=('everything that needs the photo models (models/fetch.sh could not fetch them, see above)')
fi
if ! has_python || ! has_node; then
    left_out+=('the independent clients of tests/conformance (install Python 3.11 with venv, Node.js 18 and npm)')
fi
