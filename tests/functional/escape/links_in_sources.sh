# Links in what COPY and --mount read lead to files of the source, never of the host (CVE-2024-1753, CVE-2024-24557,
# the context's symbolic links of 2026).
. "$(dirname "$0")/../library.sh"
make_base
echo of-the-host >marker
mkdir -p context/folder && ln -s "$place/marker" context/link && ln -s / context/top && ln -s ../../../../../../.. context/folder/up
echo inside >context/file
refused() {
    assert_fails_with 125 builder build -t it -f - context <<<"$1"
    assert_lacks "$output" of-the-host
}
refused $'FROM base\nCOPY link /x'
refused $'FROM base\nCOPY top'"$place"$'/marker /x'
refused $'FROM base\nCOPY folder/up'"$place"$'/marker /x'
refused $'FROM base\nRUN --mount=type=bind,source=link,target=/m cat /m'
refused $'FROM base\nRUN --mount=type=bind,source=top'"$place"$',target=/m cat /m/marker'
refused $'FROM base AS evil\nRUN ln -s / /data && ln -s '"$place"$' /place\nFROM base\nRUN --mount=type=bind,from=evil,source=/place,target=/m cat /m/marker'
refused $'FROM base AS evil\nRUN ln -s '"$place"$' /place\nFROM base\nCOPY --from=evil /place/marker /x'
refused $'FROM base AS evil\nRUN ln -s '"$place"$' /place\nFROM base\nRUN --mount=type=cache,from=evil,source=/place,target=/c cat /c/marker'
# A mount of "/" of an image is that image's root, and writing to it reaches neither it nor the host.
build context <<<$'FROM base AS evil\nRUN ln -s / /data\nFROM base\nRUN --mount=type=bind,from=evil,source=/data,target=/m,rw ls /m/bin/busybox && test ! -e /m'"$place"$'/marker && touch /m/written && rm -r /m/etc\nRUN --mount=from=evil,target=/m test ! -e /m/written && test -e /m/etc'
assert_equal "$(cat marker)" of-the-host
