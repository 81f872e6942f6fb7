#!/usr/bin/env bash
# The second README command: installs what the tests need where it is missing, runs all of them, and ends with 1 if
# anything had to be left out, naming it. Works from any folder; needs a Rust toolchain and, to install, root or sudo.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

source tests/tools.sh
if has_postgres; then
    # Not in tools.sh: to the bot itself an unknown BOT_ variable is a mistake.
    export BOT_TEST_POSTGRES=required
fi
if has_chromium; then
    export BOT_TEST_BROWSER=required
fi
if [[ -n $has_models ]]; then
    export BOT_TEST_MODELS=required
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
# Arguments choose among cargo's tests; with some, the clients are not meant.
if (($# == 0)) && has_python && has_node; then
    tests/conformance/run.sh 2>&1 | tee -a "$log" || code=1
fi
if ((${#left_out[@]} > 0)); then
    code=1
fi
sum_up "$log" "$code"
if ((${#left_out[@]} > 0)); then
    printf 'left out: %s\n' "${left_out[@]}"
fi
exit "$code"
