# Lists pushed as those of Docker.
bq manifest create localhost/x docker://busybox docker://busybox:arm64
k() { m=$(jq -r '.manifests[0].digest' "$1/index.json" | sed 's|:|/|'); jq -c '[.mediaType,.manifests[].mediaType]' "$1/blobs/$m"; }
bq manifest push -q --all localhost/x oci:a:x
check k a
be manifest push --format nosuch localhost/x oci:b:x
be manifest push --add-compression nosuch localhost/x oci:b:x
