#!/bin/sh
# Makes everything ready to run: the system libraries that Qt needs (Debian and Ubuntu), .venv, and the dependencies of
# pyproject.toml in the versions of constraints.txt. Does only what is missing: a second call takes a moment.
#   PYTHON=/path/to/python sh tools/setup.sh      to choose the interpreter
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*"; }
give_up() { printf '%s\n' "$*" >&2; exit 1; }

# Installs Debian packages when root; otherwise prints the line to run, and fails.
apt_install() {
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        say "Installing $*"
        DEBIAN_FRONTEND=noninteractive
        export DEBIAN_FRONTEND
        apt-get install -y -q --no-install-recommends "$@" >/dev/null 2>&1 && return 0
        # The package lists of a bare machine are empty or old.
        apt-get update -q >/dev/null && apt-get install -y -q --no-install-recommends "$@" >/dev/null && return 0
    fi
    say "Please run:  sudo apt-get update && sudo apt-get install -y $*"
    return 1
}

qt_libraries() {
    command -v dpkg-query >/dev/null || return 0
    missing=
    for package in libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libdbus-1-3 \
        libfontconfig1 fontconfig fonts-dejavu-core; do
        # shellcheck disable=SC2016 # the dollar is dpkg-query's
        case $(dpkg-query -W -f ' ${db:Status-Status} ' "$package" 2>/dev/null) in
            *' installed '*) ;;
            *) missing="$missing $package" ;;
        esac
    done
    [ -z "$missing" ] && return 0
    say "Qt needs system packages that are not here:$missing"
    # shellcheck disable=SC2086 # one word a package
    apt_install $missing || say "Going on without them: the window may not open."
}

recent_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if recent_enough "$candidate"; then
            say "$candidate"
            return 0
        fi
    done
    return 1
}

make_venv() {
    python=$(find_python) || give_up "ConvScope needs Python 3.11 or newer, and there is none here. Install one" \
        "(Debian 12, Ubuntu 24.04 and newer: apt-get install python3 python3-venv; else https://www.python.org/downloads/)" \
        "or name it:  make setup PYTHON=/path/to/python3.11"
    # Debian keeps ensurepip, without which a virtual environment has no pip, in a package of its own.
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
        command -v dpkg-query >/dev/null || give_up "$python has no ensurepip: install the package that brings Python's venv."
        apt_install "$version-venv" || exit 1
    fi
    say "Making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
}

dependencies() {
    wanted=$(cat pyproject.toml constraints.txt | cksum)
    if [ "$(cat .venv/.stamp 2>/dev/null)" = "$wanted" ]; then
        return 0
    fi
    say "Installing the dependencies into .venv. The first time takes some minutes: torch is large."
    quiet=
    [ -t 1 ] || quiet=-q # a progress bar is for people, not for log files
    # shellcheck disable=SC2086 # empty or one option
    .venv/bin/python -m pip install $quiet --disable-pip-version-check -c constraints.txt -e '.[dev]' ||
        give_up "pip could not install the dependencies; its message is above. Nothing is lost: run the same command again."
    say "$wanted" >.venv/.stamp
}

qt_libraries
recent_enough .venv/bin/python || make_venv
dependencies
