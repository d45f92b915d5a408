# save writes what docker load, podman load and skopeo read; load brings in what they write, packed or not, from a pipe too.
. "$(dirname "$0")/../library.sh"
needs skopeo jq
make_base
mkdir empty
builder build -q -t one -f - empty <<<$'FROM base\nRUN echo 1 >/f' >quiet
builder build -q -t two -f - empty <<<$'FROM base\nRUN echo 2 >/f' >quiet
builder tag one one:second
builder save -o all.tar one one:second two
assert_equal "$(tar -xOf all.tar manifest.json | jq -c 'map(.RepoTags)')" '[["localhost/one:latest","localhost/one:second"],["localhost/two:latest"]]'
assert_equal "$(tar -tf all.tar | sort | uniq -d)" "" "a layer is there twice"
for name in one two; do
    assert_equal "$(skopeo inspect --config "docker-archive:all.tar:localhost/$name:latest" | jq -cS .rootfs)" "$(config $name .rootfs)"
done
other() { "$program" --root "$place/other-store" --runroot "$place/run-other" "$@"; }
layers=$(config two '.rootfs.diff_ids | length')
id() { "$1" images -q --no-trunc "$2"; }
assert_equal "$(other load -i all.tar)" "Loaded image: localhost/one:latest
Loaded image: localhost/one:second
Loaded image: localhost/two:latest"
for name in one one:second two; do assert_equal "$(id other $name)" "$(id builder $name)"; done
# Packed, through a pipe, an OCI archive.
for packer in gzip zstd xz; do
    other rmi -a >/dev/null
    $packer <all.tar | other load -q >ids
    assert_equal "$(wc -l <ids) $(id other two)" "2 $(id builder two)" "$packer"
done
other rmi -a >/dev/null
builder save --format oci-archive two >two.tar
assert_equal "$(other load <two.tar)" "Loaded image: localhost/two:latest"
builder save --format oci-dir -o layout two
assert_equal "$(skopeo inspect --raw oci:layout | jq '.layers | length')" "$layers"
builder save --format docker-dir -o dir two
assert_equal "$(skopeo inspect --raw dir:dir | jq '.layers | length')" "$layers"
skopeo copy -q docker-archive:all.tar:localhost/one:latest docker-archive:by-skopeo.tar:named:1
assert_equal "$(other load -i by-skopeo.tar)" "Loaded image: docker.io/library/named:1"
# No archive takes a name away, unless it is asked for.
builder build -q -t two -f - empty <<<$'FROM base\nRUN echo 3 >/f' >quiet
mine=$(id builder two)
builder load -i all.tar >said 2>&1
assert_contains "$(cat said)" "localhost/two:latest stays the name of"
assert_equal "$(id builder two)" "$mine"
builder load --replace -i all.tar >said
assert_equal "$(id builder two)" "$(id other localhost/two)"
# A pipe by name, a name with a colon, one image under one name twice.
builder save one one >twice.tar
assert_equal "$(tar -xOf twice.tar manifest.json | jq -c '.[0].RepoTags')" '["localhost/one:latest"]'
other rmi -a >/dev/null
assert_equal "$(other load -i <(cat twice.tar))" "Loaded image: localhost/one:latest"
cp twice.tar with:colon.tar
assert_equal "$(other load -i with:colon.tar)" "Loaded image: localhost/one:latest"
assert_fails_with 125 builder save --format oci-archive -o c:d.tar one
# A stop ends the wait for what comes; nothing is left.
mkfifo slow
exec 8<>slow
"$program" --root "$place/store" --runroot "$place/run" load -i slow >quiet 2>log &
loading=$!
opened() { [[ -n $(find "/proc/$loading/fd" -lname "$place/slow" 2>/dev/null) ]]; }
wait_until 10 opened || fail "load has not opened the pipe"
kill -TERM "$loading"
status=0
wait "$loading" || status=$?
assert_equal "$status" 143
exec 8<&-
# Mistakes.
echo text >text
head -c 3000 all.tar >cut.tar
for bad in text cut.tar nosuch.tar empty; do assert_fails_with 125 builder load -i $bad; done
assert_fails_with 125 builder save -o never.tar nosuch
[[ ! -e never.tar ]] || fail "there is an archive of nothing"
assert_fails_with 125 builder save --format oci-archive -o never.tar one two
assert_fails_with 125 builder save --format nosuch one
assert_nothing_left
