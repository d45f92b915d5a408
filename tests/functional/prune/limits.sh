# prune with limits: what was used least recently goes first, what images and containers need stays.
. "$(dirname "$0")/../library.sh"
make_base
step() { printf 'FROM base\nRUN head -c 4000000 /dev/urandom >/%s\n' "$1"; }
for name in old used new; do
    step $name >$name
    builder build -q -f $name -t $name . >/dev/null
    builder untag $name
done
is_cached() { builder build -f "$1" . 2>&1 | grep -q -- '--> Using cache'; }
# As if the builds had been some days ago; then one of them is used again.
age() { # DAYS IMAGE
    touch -d "$1 days ago" "$(dirname "$(builder inspect "$2" | jq -r '.Layers[-1].folder')")"
    "$python" -c 'import sqlite3, sys, time; d = sqlite3.connect("store/store.db"); d.execute("UPDATE images SET added_at = ? WHERE id = ?", (int(time.time() - 86400 * int(sys.argv[1])) * 10**9, "sha256:" + sys.argv[2])); d.commit()' "$@"
}
kept=$(builder build -q -f new -t kept .)
age 9 "$(builder build -q -f old .)"
age 8 "$(builder build -q -f used .)"
builder build -q -f used . >/dev/null
# Images without a name hold their layers, so these go as well.
output=$(builder prune --older-than 7d 2>&1 >removed)
assert_contains "$output" "freed 4" "what came free"
is_cached used || fail "what was used again is gone"
! is_cached old || fail "what was old is still there"
assert_equal "$(builder inspect kept | jq -r .FromImageID)" "$kept" "an image with a name"

# The room of one layer less: the other old one goes, and the image with a name stays whatever is asked for.
builder prune --keep-size 1k >/dev/null 2>&1
is_cached new || fail "the step of an image with a name is gone"
! is_cached used || fail "a step is there that had to make room"
builder run "$(builder from kept)" true
builder prune --all --keep-size 1k >/dev/null 2>&1
builder inspect kept >/dev/null
builder rm --all >/dev/null
assert_equal "$(builder prune --all --filter type=image --filter label=nosuch 2>/dev/null)" "" "images without the label"
builder prune --all --min-free 1000t >/dev/null 2>&1
assert_fails_with 125 builder inspect kept
assert_equal "$(ls store/layers | wc -l)" 0 "layers"
assert_equal "$(sqlite_check)" ok

for bad in "--keep-size much" "--older-than yesterday" "--filter nosuch=1" "--filter type=thing" "--filter id"; do
    # shellcheck disable=SC2086
    assert_fails_with 125 builder prune $bad
done
