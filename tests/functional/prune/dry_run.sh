# prune --dry-run says what would go, and removes nothing; prune by a filter removes just that.
. "$(dirname "$0")/../library.sh"
make_base
printf 'FROM base\nRUN --mount=type=cache,target=/c head -c 3000000 /dev/zero | tee /c/file >/file\n' >Containerfile
image=$(builder build -q .)
before=$(find store/layers store/cache-mounts | sort)
builder prune --dry-run >plan 2>said
assert_contains "$(cat plan)" "image" "the plan"
assert_contains "$(cat plan)" "$(cut -c1-12 <<<"$image")" "the plan"
grep -qE '^step .* 3 MB$' plan || fail "the step is not in the plan: $(cat plan)"
grep -qE '^cache-mount .* 3 MB$' plan || fail "the cache mount is not in the plan: $(cat plan)"
assert_contains "$(cat said)" "would free 6" "the sum"
assert_equal "$(find store/layers store/cache-mounts | sort)" "$before" "what is there"

assert_contains "$(builder prune --filter type=cache-mount 2>&1)" "removed 1 cache-mount, freed 3 MB"
assert_equal "$(ls store/cache-mounts | wc -l)" 0 "cache mounts"
builder inspect "$image" >/dev/null
