# What --compression-format makes of layers.
t() { jq -c '[.mediaType,.layers[].mediaType]' "$1/manifest.json"; }

base
for f in gzip zstd zstd:chunked; do
    bq push -q --compression-format $f busybox dir:x
    check t x
    rm -rf x
done
