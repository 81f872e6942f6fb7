#!/usr/bin/env bash
# Other people's clients against the mock platform, other people's crypto and schemathesis against the bot: see README.md. Installs the
# clients below the target folder, in the versions pinned here; builds what they are run against; prints the table; ends
# with 1 when anything failed or had to be left out. Writes nothing into the tree.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

here=tests/conformance
# Whole, because node takes no other name for where its modules are.
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
cache=$target/conformance
declare -A drivers=()
results=()
left_out=()
export PYTHONDONTWRITEBYTECODE=1

# What was installed from these files, by this interpreter; a second run has nothing to do.
stamp() {
    { "$1" --version && cat "${@:2}"; } | sha256sum
}

wechatpy_is_there() {
    local wanted
    wanted=$(stamp python3 "$here/requirements.txt")
    if [[ -x $cache/venv/bin/python && $(cat "$cache/venv/stamp" 2>/dev/null) == "$wanted" ]]; then
        return 0
    fi
    printf 'installing wechatpy\n' >&2
    rm -rf "$cache/venv"
    python3 -m venv "$cache/venv" &&
        "$cache/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes \
            --requirement "$here/requirements.txt" >&2 &&
        printf '%s\n' "$wanted" >"$cache/venv/stamp"
}

schemathesis_is_there() {
    local wanted
    wanted=$(stamp python3 "$here/api-requirements.txt")
    if [[ -x $cache/api/bin/st && $(cat "$cache/api/stamp" 2>/dev/null) == "$wanted" ]]; then
        return 0
    fi
    printf 'installing schemathesis\n' >&2
    rm -rf "$cache/api"
    python3 -m venv "$cache/api" &&
        "$cache/api/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes \
            --requirement "$here/api-requirements.txt" >&2 &&
        printf '%s\n' "$wanted" >"$cache/api/stamp"
}

co_wechat_api_is_there() {
    local wanted
    wanted=$(stamp node "$here/package-lock.json")
    if [[ $(cat "$cache/npm/stamp" 2>/dev/null) == "$wanted" ]]; then
        return 0
    fi
    printf 'installing co-wechat-api\n' >&2
    rm -rf "$cache/npm"
    mkdir -p "$cache/npm" &&
        cp "$here/package.json" "$here/package-lock.json" "$cache/npm/" &&
        npm ci --prefix "$cache/npm" --no-audit --no-fund --silent >&2 &&
        printf '%s\n' "$wanted" >"$cache/npm/stamp"
}

# A driver in the background: each has a mock of its own, and mostly waits. Its rows are in the file of its name.
drive() {
    "${@:2}" 2>"$work/$1.log" &
    drivers[$1]=$!
}

# One that ends badly has written no rows.
wait_for_drivers() {
    local name
    for name in wechatpy crypto npm; do
        if [[ ! -v drivers[$name] ]]; then
            continue
        fi
        if wait "${drivers[$name]}"; then
            results+=("$work/$name.json")
        else
            tail -n 20 "$work/$name.log" >&2
            left_out+=("$name: ended before its last call")
        fi
    done
}

mkdir -p "$cache"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cargo build --workspace --bins --examples --locked --quiet
mock=$target/debug/mock-platform
python3 "$here/media.py" "$work"

if wechatpy_is_there; then
    python=$cache/venv/bin/python
    drive wechatpy "$python" "$here/drive.py" "$mock" "$work" "$work/wechatpy.json"
    drive crypto "$python" "$here/crypto.py" "$target/debug/examples/demo" "$work/crypto.json"
else
    left_out+=('wechatpy and its crypto: pip could not install them')
fi
if co_wechat_api_is_there; then
    drive npm node "$here/drive.mjs" "$mock" "$work" "$work/npm.json" "$cache/npm/node_modules"
else
    left_out+=('co-wechat-api: npm could not install it')
fi
wait_for_drivers

code=0
# After the others: it asks as fast as the bot answers.
if schemathesis_is_there; then
    mkdir "$work/api"
    if "$cache/api/bin/python" "$here/api.py" "$target/debug/graduation-bot" "$mock" "$work/api" >"$work/api.log" 2>&1; then
        tail -n 1 "$work/api.log"
    else
        tail -n 120 "$work/api.log"
        code=1
    fi
else
    left_out+=('schemathesis against the JSON API: pip could not install it')
fi
python3 "$here/table.py" "${results[@]}" || code=1
if ((${#left_out[@]} > 0)); then
    printf 'left out: %s\n' "${left_out[@]}"
    code=1
fi
exit "$code"
