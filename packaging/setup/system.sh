#!/bin/sh
# Installs what the build needs and the system lacks. Says once what and why; asks nothing.
#   system.sh build | test | lint
# Without root or sudo it prints the exact command and stops.
set -eu

want=${1:-build}
rust_needed=1.95.0
missing=""
why=""

need() { # package, reason
    missing="$missing $1"
    why="$why
  $1: $2"
}
has() { command -v "$1" >/dev/null 2>&1; }
installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null || true)" = installed ]; }
old() { # version: is it older than needed?
    [ "$(printf '%s\n%s\n' "$rust_needed" "$1" | sort -V | head -n 1)" != "$rust_needed" ]
}

if ! has apt-get; then
    echo "This is not a Debian or Ubuntu. Needed: a C compiler, pkg-config, fontconfig and ALSA headers, Rust $rust_needed or newer." >&2
    exit 1
fi

has cc || need gcc "compiles SQLite, zstd and BLAKE3"
[ -e /usr/include/stdlib.h ] || need libc6-dev "the C library's headers"
has pkg-config || need pkg-config "finds libraries"
installed libfontconfig-dev || need libfontconfig-dev "the screen's text"
installed fonts-dejavu-core || need fonts-dejavu-core "fontconfig wants one font to exist; Aisle draws with its own"
installed libasound2-dev || need libasound2-dev "the cues' sound"
if [ "$want" = test ]; then
    has zbarimg || need zbar-tools "reads our barcodes back"
    has ZXingReader || need zxing-cpp-tools "reads our barcodes back, as a second opinion"
fi

rust=""
if ! has rustc || ! has cargo || old "$(rustc --version | cut -d ' ' -f 2)"; then
    rust=yes
    need rustc-web "the compiler, $rust_needed or newer"
    need cargo-web "its build tool"
fi
if [ "$want" = lint ]; then
    has rustfmt || need rustfmt-web "checks the formatting"
    { has cargo-clippy && cargo clippy --version >/dev/null 2>&1; } || need rust-web-clippy "checks for common mistakes"
fi

[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if has sudo && sudo -n true 2>/dev/null; then
        as_root="sudo"
    else
        echo "Missing:$why" >&2
        echo "Run this as root, then try again:" >&2
        echo "  apt-get update && apt-get install --no-install-recommends -y$missing" >&2
        exit 1
    fi
fi

echo "Installing what is missing:$why"
# A minimal root may list the main archive alone; every installed Debian has the security archive beside it.
add_security() {
    line=$(sed -n 's/^deb *\(\[[^]]*\] *\)\{0,1\}\([^ ]*\)\/debian\/\{0,1\} *\(bookworm\) .*/\2 \3/p' /etc/apt/sources.list 2>/dev/null | head -n 1)
    [ -n "$line" ] || return 0
    grep -rqs 'debian-security' /etc/apt/sources.list /etc/apt/sources.list.d && return 0
    set -- $line
    echo "deb $1/debian-security $2-security main" | $as_root tee /etc/apt/sources.list.d/security.list >/dev/null
}
[ -z "$rust" ] || add_security
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
if [ -n "$rust" ]; then
    offered=$(apt-cache policy rustc-web | sed -n 's/^ *Candidate: *\([0-9.]*\).*/\1/p')
    if [ -z "$offered" ] || old "$offered"; then
        echo "This system's archive has no Rust $rust_needed or newer: install Rust yourself, put cargo on the PATH, and run this again." >&2
        exit 1
    fi
fi
# shellcheck disable=SC2086
$as_root apt-get install -qq --no-install-recommends -y ca-certificates $missing >/dev/null
