#!/bin/sh
# Runs every bench and gathers its figures into target/bench/summary.json: one flat object.
set -eu
cargo=${CARGO:-cargo}
rm -rf target/bench/parts
mkdir -p target/bench
$cargo build --locked --release -p aisle
# The benches build the program anew with a profile of their own, into the same place: this is the one we ship.
cp "${CARGO_TARGET_DIR:-target}/release/aisle" target/bench/aisle
AISLE_BIN=$PWD/target/bench/aisle
export AISLE_BIN
$cargo bench --locked --benches -p aisle
{
    printf '{\n'
    cat target/bench/parts/*.json | sed -n 's/^  \(".*": .*[^,]\),\{0,1\}$/  \1,/p'
    printf '  "commit": "%s",\n' "$(git rev-parse HEAD 2>/dev/null || echo unknown)"
    printf '  "finished_at": "%s"\n}\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
} > target/bench/summary.json
cat target/bench/summary.json
