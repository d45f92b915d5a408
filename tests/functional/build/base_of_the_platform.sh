# A base image of another platform than the one that is built for is never taken: what the store has of just that platform, else the
# registry's, else an error.
. "$(dirname "$0")/../library.sh"
needs docker-registry
mkdir context && echo content >context/file
start_registry
multi=$registry/app/multi:1
for architecture in amd64 arm64 arm/v7 arm/v6; do
    "$program" --root "$place/maker" --runroot "$place/run2" build -q --platform "linux/$architecture" --manifest all -f - context >/dev/null \
        <<<$'FROM scratch\nARG TARGETPLATFORM\nENV OF=$TARGETPLATFORM\nCOPY file /'
done
"$program" --root "$place/maker" --runroot "$place/run2" manifest push -q --tls-verify=false all "docker://$multi"
echo "FROM $multi" >context/Containerfile
built() { # PLATFORM
    builder build -q --tls-verify=false --platform "$1" -t it context >/dev/null
    config it '[.architecture + "/" + (.variant // ""), .config.Env[-1]] | join(" ")'
}
assert_equal "$(built linux/arm/v7)" '"arm/v7 OF=linux/arm/v7"'
assert_equal "$(built linux/arm64)" '"arm64/ OF=linux/arm64"'
assert_equal "$(built linux/arm/v6)" '"arm/v6 OF=linux/arm/v6"'
assert_equal "$(built linux/amd64)" '"amd64/ OF=linux/amd64"'
assert_equal "$(built linux/arm64)" '"arm64/ OF=linux/arm64"'
# None in the registry.
assert_fails_with 125 builder build -q --tls-verify=false --platform linux/s390x context
assert_contains "$output" "s390x"
# Three at once.
builder build -q --tls-verify=false --platform=linux/arm/v6,linux/arm/v7,linux/arm64 --manifest m context >/dev/null
assert_equal "$(builder manifest inspect m | jq -r '.manifests[].platform | .architecture + (.variant // "")' | xargs)" "armv6 armv7 arm64"
assert_equal "$(builder manifest inspect m | jq -r '.manifests[].digest' | sort -u | wc -l)" 3
# No registry has it.
builder build -q --platform linux/arm64 -t local -f - context >/dev/null <<<'FROM scratch'
assert_fails_with 125 builder build --platform linux/amd64 -f - context <<<'FROM local'
assert_contains "$output" "for linux/arm64 only, not for linux/amd64"
assert_fails_with 125 builder build -f - context <<<'FROM local'
assert_fails_with 125 builder build -f - context <<<'FROM --platform=linux/arm/v7 local'
builder build -q --platform linux/arm64 -f - context >/dev/null <<<'FROM local'
assert_fails_with 125 builder build --pull=never --platform linux/amd64 -f - context <<<'FROM local'
assert_contains "$output" "is for linux/arm64, not for linux/amd64"
# A registry that has one image only gives it to everybody.
builder push -q --tls-verify=false local "docker://$registry/app/single:1"
builder rmi local >/dev/null
assert_fails_with 125 builder build --tls-verify=false --platform linux/amd64 -f - context <<<"FROM $registry/app/single:1"
assert_contains "$output" "is for linux/arm64, not for linux/amd64"
assert_fails_with 125 builder pull -q --tls-verify=false --platform linux/amd64 "$registry/app/single:1"
assert_fails_with 125 builder from --tls-verify=false --arch amd64 "$registry/app/single:1"
builder pull -q --tls-verify=false "$registry/app/single:1" >/dev/null
