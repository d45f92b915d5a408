# A commit makes one layer of all that the container wrote, however often; formats, times, squashing, names.
source "$(dirname "$0")/../library.sh"
make_base
container=$(builder from base)
layers() { builder inspect "$1" | jq '.OCIv1.rootfs.diff_ids | length'; }
of_base=$(layers base)
builder run "$container" sh -c 'echo 1 >/one; rm /bin/ls'
assert_equal "$(builder commit --iidfile file "$container" first 2>/dev/null)" "" "the ID is in the file only"
id=$(sed s/sha256:// file)
assert_equal "$(builder inspect first | jq -r .FromImageID)" "$id"
assert_equal "sha256:$id" "$(cat file)"
assert_equal "$(layers first)" $((of_base + 1))
builder run "$container" sh -c 'echo 2 >/two; rm /one; mkdir /one'
builder commit -q "$container" second >/dev/null
assert_equal "$(layers second)" $((of_base + 1))
assert_contains "$(layer second)" "two"
assert_contains "$(layer second)" ".wh.ls"
again=$(builder from second)
assert_equal "$(builder run "$again" sh -c 'cat /two; ls -d /one; test -e /bin/ls || echo gone')" $'2\n/one\ngone'
builder commit -q --squash --rm "$again" flat >/dev/null
assert_equal "$(layers flat)" 1
assert_fails_with 125 builder inspect --type container "$again"
one=$(builder commit --timestamp 0 "$container")
two=$(builder commit --timestamp 0 "$container")
assert_equal "$one" "$two" "the same commit with a time"
builder config --healthcheck 'CMD x' "$container" 2>/dev/null
builder commit -q --format docker "$container" in-docker >/dev/null
assert_equal "$(config in-docker .config.Healthcheck.Test)" '["CMD","x"]'
assert_equal "$(builder inspect in-docker | jq -r '.Manifest | fromjson | .mediaType')" application/vnd.docker.distribution.manifest.v2+json
builder commit -q "$container" in-oci >/dev/null
assert_equal "$(config in-oci .config.Healthcheck)" null
builder commit -q -c 'CMD ["c"]' -c 'ENV X=1' --unsetenv PATH --annotation n=v --omit-history --add-file "$program:/added" "$container" changed >/dev/null
assert_equal "$(config changed '[.config.Cmd, .config.Env, .history]')" '[["c"],["X=1"],null]'
assert_contains "$(layer changed)" added
builder commit -q "$container" "oci:$place/out:tag" >/dev/null
"$python" "$tests/validate.py" "$place/out" 2>/dev/null || [[ -f $place/out/index.json ]]
builder commit -q --manifest both "$container" one-of-them >/dev/null
assert_equal "$(builder manifest inspect both | jq '.manifests | length')" 1
assert_fails_with 125 builder commit --encrypt-layer x "$container" x
assert_contains "$output" 'invalid argument "x" for "--encrypt-layer" flag'
builder rm --all >/dev/null
