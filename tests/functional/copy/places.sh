# What is copied where: into the working directory, a folder, a name; from the machine, a context, a container, an image.
source "$(dirname "$0")/../library.sh"
make_base
container=$(builder from base)
see() { builder run "$container" -- cat "$@"; }
mkdir -p ctx/sub
echo one >ctx/one
echo two >ctx/sub/two
echo '$HOME "quoted"' >'ctx/odd $name'
builder config --workingdir /work "$container"
builder copy -q "$container" ctx/one
assert_equal "$(see /work/one)" one
builder copy -q "$container" "$place/ctx/one" "$place/ctx/sub" /both
assert_equal "$(see /both/one /both/two)" $'one\ntwo'
builder copy -q "$container" 'ctx/odd $name' /odd
assert_equal "$(see /odd)" '$HOME "quoted"'
builder copy -q --contextdir ctx "$container" sub /ctx
assert_equal "$(see /ctx/two)" two
assert_fails_with 125 builder copy --contextdir ctx "$container" ../base.id /x
builder copy -q --chown alice:50 --chmod 600 "$container" ctx/one /owned
assert_equal "$(builder run --user root "$container" -- stat -c '%u:%g %a' /owned)" "1234:50 600"
other=$(builder from scratch)
builder copy -q --from "$container" "$other" /owned /from-container
builder copy -q --from base "$other" /bin/busybox /from-image
folder=$(builder mount "$other")
assert_equal "$(stat -c '%u' "$folder/from-container")" 1234
cmp "$folder/from-image" /bin/busybox
builder umount "$other" >/dev/null
builder copy -q --exclude two --parents "$container" ctx/./sub /parents
assert_fails_with 125 builder copy "$container" nosuch /x
assert_fails_with 125 builder copy "$container"
builder rm --all >/dev/null
