# A careful user's umask (077) changes no image and closes no folder to the users in a container; the user's own files get it.
. "$(dirname "$0")/../library.sh"
make_base
folder=$(write_oci base)
cat >Containerfile <<EOF2
FROM oci:$folder:x AS base
FROM scratch
COPY --from=base / /
WORKDIR /made/by/workdir
USER 1000
RUN ls -ld / /made >/tmp/seen && cat /etc/hosts >/tmp/hosts
EOF2
umask 022
build() { builder build --timestamp 0 --no-cache -q "$@" -f Containerfile .; }
for driver in overlay vfs; do
    plain=$(umask 022 && build --storage-driver "$driver")
    careful=$(umask 077 && build --storage-driver "$driver")
    assert_equal "$careful" "$plain" "the image, with the driver $driver"
done

# Step by step: the container's root folder, and the files that builder puts into it.
(
    umask 077
    container=$(builder from scratch)
    builder copy --from base "$container" / / >/dev/null
    builder run --user 1000 "$container" -- sh -c 'cat /etc/hosts /etc/resolv.conf; ls -ld /' >seen
    mount=$(builder mount "$container")
    assert_equal "$(stat -c %a "$mount")" 755 "the root of a container"
    builder rm "$container" >/dev/null
)
grep -q localhost seen || fail "nothing was seen: $(cat seen)"

# What the user asked for is the user's.
modes() { stat -c '%a' "$@" | tr '\n' ' '; }
outputs() {
    mkdir -p "$1"
    builder build -q --iidfile "$1/id" --logfile "$1/log" -t asked -f Containerfile . >/dev/null
    builder push -q asked "oci:$1/layout:x" && builder push -q asked "dir:$1/folder" && builder push -q asked "oci-archive:$1/archive"
    builder build -q -o "$1/tree" -f Containerfile . >/dev/null
    modes "$1"/id "$1"/log "$1"/layout "$1"/layout/index.json "$1"/layout/blobs/sha256 "$1"/folder "$1"/folder/manifest.json "$1"/archive
}
assert_equal "$(umask 077 && outputs careful)" "600 600 700 600 700 700 600 600 " "outputs of a careful user"
assert_equal "$(umask 022 && outputs usual)" "644 644 755 644 755 755 644 644 " "outputs of others"
assert_equal "$(umask 077 && builder unshare sh -c umask)" 0077 "a shell in builder unshare"
