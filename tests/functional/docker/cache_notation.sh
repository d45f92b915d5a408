# --cache-from and --cache-to as buildx writes them: registry, local, inline; --no-cache-filter.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
start_registry
other() { "$program" --root "$place/store/$store" --runroot "$place/run-$store" "$@"; }
file=$'FROM oci:base:x AS a\nRUN cat /proc/sys/kernel/random/uuid >/one\nFROM a AS b\nRUN cat /proc/sys/kernel/random/uuid >/two'
builder push -q base oci:base:x
cached() { grep -c 'Using cache\|--> cached' log || [[ $? == 1 ]]; }
go() { # STORE FLAGS...
    store=$1
    shift
    other build --tls-verify=false --progress plain "$@" -f - . <<<"$file" >log 2>&1 || fail "$(cat log)"
}
go first --cache-to "type=registry,ref=$registry/cache:1,mode=max,ignore-error=true"
assert_equal "$(cached)" 0 "the first build"
go second --cache-from "type=registry,ref=$registry/cache:1"
assert_equal "$(cached)" 2 "from the registry"
go third --cache-to type=local,dest=folder,mode=min
go fourth --cache-from type=local,src=folder
assert_equal "$(cached)" 2 "from the folder"
# The image itself tells of its steps.
go fifth --cache-to type=inline -t "$registry/it:1" --push
go sixth --cache-from "$registry/it:1"
assert_equal "$(cached)" 2 "from the image"
go seventh --build-arg BUILDKIT_INLINE_CACHE=1 -t "$registry/it:2" --push
go eighth --cache-from "type=registry,ref=$registry/it:2"
assert_equal "$(cached)" 2 "from the image of a build argument"
# What is built on it does not tell of them.
store=eighth
other build -q --tls-verify=false -t on -f - empty <<<"FROM $registry/it:2"$'\nLABEL a=b' >quiet
assert_equal "$(other inspect --type image on | jq -r '.Config | fromjson | keys | map(select(startswith("builder.cache"))) | length')" 0
# An image that tells nothing, and one with damaged words, are of no use and no harm.
go ninth -t "$registry/it:3" --push
go tenth --cache-from "$registry/it:3"
assert_equal "$(cached)" 0
assert_contains "$(cat log)" "tells nothing of its steps"
# One stage is built anew; what stands on it too, for it stands on another run.
store=first
go first
assert_equal "$(cached)" 2
go first --no-cache-filter b
assert_equal "$(cached)" 1
go first --no-cache-filter nosuch,a
assert_equal "$(cached)" 0
for bad in type=gha type=registry type=local,nosuch=1,dest=x; do
    assert_fails_with 125 builder build --cache-to "$bad" -f - empty <<<'FROM base'
done
assert_fails_with 125 builder build --cache-from type=inline -f - empty <<<'FROM base'
