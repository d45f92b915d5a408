# A container made from an archive, and the image in the store, have the names that the archive gives.
. "$(dirname "$0")/../library.sh"
make_base
builder push -q base docker-archive:docker.tar:some/name:tag
builder push -q base oci-archive:oci.tar:example.com/other/name:tag
builder push -q base oci-archive:plain.tar:v1
try() { # IMAGE CONTAINER NAME [NAMES]
    builder rmi -a -f >/dev/null
    assert_equal "$(builder from -q "$1")" "$2" "$1"
    assert_equal "$(builder inspect --format '{{.FromImage}}' "$2")" "$3" "$1"
    assert_equal "$(builder images --format '{{.Name}}:{{.Tag}}')" "${4:-${3:-<none>:<none>}}" "$1"
    builder rm -a >/dev/null
}
# An archive of Docker has the other names of the image as well.
both=$'localhost/base:latest\ndocker.io/some/name:tag'
try docker-archive:docker.tar name-working-container docker.io/some/name:tag "$both"
try docker-archive:docker.tar:some/name:tag name-working-container docker.io/some/name:tag
try docker-archive:docker.tar:@0 name-working-container docker.io/some/name:tag "$both"
try oci-archive:oci.tar name-working-container example.com/other/name:tag
try oci-archive:oci.tar:example.com/other/name:tag name-working-container example.com/other/name:tag
try oci-archive:plain.tar oci-archive-working-container ""
