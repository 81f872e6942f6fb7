#!/usr/bin/env bash
# The second README command: installs what the tests need where it is missing, runs all of them, and ends with 1 if
# anything had to be left out, naming it. Works from any folder; needs a Rust toolchain and, to install, root or sudo.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

left_out=()

has_postgres() {
    compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || command -v initdb postgres pg_isready >/dev/null
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

if ! has_postgres; then
    install postgresql
fi
if has_postgres; then
    export BOT_TEST_POSTGRES=required
else
    left_out+=('every store test on PostgreSQL (install the package postgresql)')
fi

# The sum of every binary's closing line, as one more of them.
sum_up() {
    awk -v seconds="$SECONDS" -v bad="$2" '
        /^test result:/ {
            for (i = 2; i <= NF; i++) {
                if ($i ~ /^passed/) passed += $(i - 1)
                if ($i ~ /^failed/) failed += $(i - 1)
                if ($i ~ /^ignored/) ignored += $(i - 1)
            }
        }
        END {
            printf "\ntest result: %s. %d passed; %d failed; %d ignored; finished in %ds\n",
                bad ? "FAILED" : "ok", passed, failed, ignored, seconds
        }' "$1"
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
code=0
cargo test --workspace --locked --no-fail-fast "$@" 2>&1 | tee "$log" || code=1
if ((${#left_out[@]} > 0)); then
    code=1
fi
sum_up "$log" "$code"
if ((${#left_out[@]} > 0)); then
    printf 'left out: %s\n' "${left_out[@]}"
fi
exit "$code"
