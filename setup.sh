#!/bin/sh
# Makes .venv with pkgcat and its tools in it: sh setup.sh PYTHON. `make` calls it.
# Nothing is made before it is known that it can be, and a .venv that could not be finished is removed.
set -eu
python=$1

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "pkgcat needs Python 3.11 or newer, which $python is not: make PYTHON=python3.12" >&2
    exit 1
}

has_module() { "$python" -c "import $1" 2>/dev/null; }

# Debian has the parts of Python that make environments in packages of their own.
if ! has_module ensurepip && ! has_module pip; then
    command="apt-get install -y python3-venv"
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "installing python3-venv"
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive $command -qq >/dev/null; } || {
            echo "that failed; it is needed to set up .venv: $command" >&2
            exit 1
        }
    fi
    has_module ensurepip || {
        echo "$python cannot make environments yet; on Debian or Ubuntu: sudo $command" >&2
        exit 1
    }
fi

echo "setting up .venv"
if [ ! -e .venv/.ready ]; then
    trap 'rm -rf .venv' EXIT
    trap 'exit 1' HUP INT TERM
    rm -rf .venv
fi
if has_module ensurepip; then
    "$python" -m venv .venv
else
    "$python" -m venv --without-pip .venv
    "$python" -m pip --python .venv/bin/python install --quiet pip
fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
touch .venv/.ready
trap - EXIT
