#!/bin/bash
# The scripts of the schema are numbered from 0001 on: a gap, a number that is used twice and any other name stop the build.
# schema_scripts_test.sh CMAKE MAKE_MIGRATIONS
set -euo pipefail
cmake=$1 make_migrations=$2
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

make_from() { # NAME...: an array of scripts of these names, in $place/out.cpp
    rm -rf "$place"/*
    mkdir "$place/schema"
    local name
    for name in "$@"; do echo "SELECT '$name; [a] \\ \"b\"';" >"$place/schema/$name"; done
    "$cmake" -DSCHEMA="$place/schema" -DOUTPUT="$place/out.cpp" -P "$make_migrations" >"$place/log" 2>&1
}
fail() {
    echo "FAILED: $*; CMake printed: $(cat "$place/log")" >&2
    exit 1
}

make_from 0002_second.sql 0001_first.sql || fail "good names are refused"
[[ $(grep -o '{"000[12]_[a-z]*", ' "$place/out.cpp" | xargs) == '{0001_first, {0002_second,' ]] || fail "the order is wrong"
grep -qF "SELECT '0001_first.sql; [a] \\ \"b\"';" "$place/out.cpp" || fail "a script came out changed"

for names in "0002_second.sql" "0001_first.sql 0003_third.sql" "0001_first.sql 0001_again.sql" "1_first.sql" "0001_First.sql" "0001.sql" ""; do
    # shellcheck disable=SC2086
    if make_from $names; then fail "'$names' is accepted"; fi
    [[ ! -e $place/out.cpp ]] || fail "'$names' is refused and written"
done
