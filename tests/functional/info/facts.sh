# info says where the store is and what is in it, as JSON.
. "$(dirname "$0")/../library.sh"
make_base
facts=$(builder info)
assert_equal "$(jq -r .store.GraphRoot <<<"$facts")" "$place/store"
assert_equal "$(jq .store.ImageStore.number <<<"$facts")" 1
assert_equal "$(jq .store.Layers.number <<<"$facts")" 3
assert_equal "$(jq -r .host.kernel <<<"$facts")" "$(uname -r)"
assert_equal "$(BUILDER_ROOT=$place/elsewhere "$program" info | jq -r .store.GraphRoot)" "$place/elsewhere"
# The flags that belong before the command are taken behind it too, as Buildah takes them; there they win over the environment.
facts=$(BUILDER_ROOT=/nowhere "$program" --root "$place/else" info --root="$place/store" --runroot "$place/run" --storage-driver vfs)
assert_equal "$(jq -r '.store.GraphRoot + " " + .store.GraphDriverName' <<<"$facts")" "$place/store vfs"
assert_equal "$(BUILDER_ROOT=/nowhere "$program" --root "$place/store" --runroot "$place/run" info --log-level error | jq -r .store.GraphRoot)" "$place/store"
