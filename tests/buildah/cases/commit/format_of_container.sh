# The format of a container is for what it warns of; images have that of the flag.
type() { "$B" $G inspect -t image "$1" </dev/null | jq -r '.Manifest|fromjson|.mediaType'; }
base
c=$(b from --format docker busybox)
bq commit -q "$c" localhost/a; check type localhost/a
bq commit -q -f docker "$c" localhost/b; check type localhost/b
c=$(b from --format oci busybox)
BUILDAH_FORMAT=docker bq commit -q "$c" localhost/c; check type localhost/c
