# prune removes the cache and images without a name, and leaves those with one.
. "$(dirname "$0")/../library.sh"
make_base
printf 'FROM base\nRUN cat /proc/sys/kernel/random/uuid >/id\n' >Containerfile
first=$(builder build -q -t it .)
second=$(builder build -q --no-cache -t it .)
assert_equal "$(builder prune 2>/dev/null)" "$first"
assert_equal "$(builder inspect it | jq -r .FromImageID)" "$second"
assert_contains "$(builder build --progress=plain .)" "--> done" "the cache is gone"
assert_equal "$(builder info | jq .store.ImageStore.number)" 3
builder prune --all >/dev/null 2>&1
assert_equal "$(builder info | jq -c '[.store.ImageStore.number, .store.Layers.number, .store.CacheRecords]')" '[0,0,0]'
