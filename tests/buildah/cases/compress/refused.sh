# Compressions that there are not.
base
be push --compression-format nosuch busybox dir:x
be push --compression-format xz busybox dir:x
bq push --compression-format bzip2 busybox dir:x
bq push --force-compression busybox dir:x
bq push --compression-format gzip --compression-level 99 busybox dir:x
bq push --format v2s2 --compression-format zstd busybox dir:x
