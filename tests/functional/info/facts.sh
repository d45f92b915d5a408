# info says where the store is and what is in it, as JSON.
. "$(dirname "$0")/../library.sh"
make_base
facts=$(builder info)
assert_equal "$(jq -r .store.GraphRoot <<<"$facts")" "$place/store"
assert_equal "$(jq .store.ImageStore.number <<<"$facts")" 1
assert_equal "$(jq .store.Layers.number <<<"$facts")" 3
assert_equal "$(jq -r .host.kernel <<<"$facts")" "$(uname -r)"
assert_equal "$(BUILDER_ROOT=$place/elsewhere "$program" info | jq -r .store.GraphRoot)" "$place/elsewhere"
