# Layers that builds write to folders are plain.
t() { jq -c '[.mediaType,.layers[].mediaType]' "$1/manifest.json"; }

base
printf 'FROM busybox\nRUN echo 1 >/f\n' >Containerfile
bq build -q -t dir:a .
check t a
bq build -q --disable-compression=false -t dir:b .
check t b
bq build -q --format docker -t dir:c .
check t c
