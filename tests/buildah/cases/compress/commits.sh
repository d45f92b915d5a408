# The same of commit.
t() { jq -c '[.mediaType,.layers[].mediaType]' "$1/manifest.json"; }

base
c=$(b from busybox)
bq commit -q "$c" dir:a
check t a
bq commit -q --disable-compression=false "$c" dir:b
check t b
bq commit -q -D --format docker "$c" dir:c
check t c
