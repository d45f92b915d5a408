# zstd makes an OCI image of one of Docker.
t() { jq -c '[.mediaType,.layers[].mediaType]' "$1/manifest.json"; }

printf 'FROM scratch\nCOPY Containerfile /\n' >Containerfile
bq build -q --format docker -t localhost/x .
bq push -q --compression-format zstd localhost/x dir:x
check t x
