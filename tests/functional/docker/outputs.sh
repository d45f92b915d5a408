# -o in buildx's notation: image, registry, docker, oci, local, tar, cacheonly; keys of each; quotes; what is not known.
. "$(dirname "$0")/../library.sh"
needs skopeo jq
make_base
mkdir context
echo text >context/file
printf 'FROM base\nCOPY file /file\n' >context/Containerfile
start_registry
layers=$(($(config base '.rootfs.diff_ids | length') + 1))
plain="--tls-verify=false"
built() { builder build -q $plain "$@" context >id; }
raw() { skopeo inspect --raw "$@"; }

built -o type=image,name=one
assert_equal "$(builder images -q one)" "$(cut -c1-12 id)"
built -o "type=image,\"name=two,$registry/three:1\",push=false"
assert_equal "$(builder images -q two)$(builder images -q "$registry/three:1")" "$(cut -c1-12 id)$(cut -c1-12 id)"
assert_fails_with 1 skopeo inspect --tls-verify=false "docker://$registry/three:1"
built -o "type=image,name=$registry/four:1,push=true,compression=zstd,force-compression=true,annotation.colour=blue"
assert_equal "$(raw --tls-verify=false "docker://$registry/four:1" | jq -r '.annotations.colour, .layers[-1].mediaType')" "blue
application/vnd.oci.image.layer.v1.tar+zstd"
built -t "$registry/five:1" -o type=registry,oci-mediatypes=false
assert_equal "$(raw --tls-verify=false "docker://$registry/five:1" | jq -r .mediaType)" application/vnd.docker.distribution.manifest.v2+json
# Archives: of the name that is given, else of the tag; other programs read them.
built -t tagged -o type=oci,dest=oci.tar
assert_equal "$(skopeo inspect oci-archive:oci.tar | jq -r '.Layers | length')" "$layers"
built -o type=docker,dest=docker.tar,name=named:2
assert_equal "$(tar -xOf docker.tar manifest.json | jq -r '.[0].RepoTags[0]')" docker.io/library/named:2
built -o type=oci,tar=false,dest=layout
assert_equal "$(jq '.manifests | length' layout/index.json)" 1
builder build -q -o type=oci context >stdout.tar
assert_equal "$(skopeo inspect oci-archive:stdout.tar | jq -r '.Layers | length')" "$layers"
# Files, several outputs of one build, and none.
built -o type=local,dest=files -o type=tar,dest=files.tar
assert_equal "$(cat files/file) $(tar -xOf files.tar file)" "text text"
builder build -o type=tar context 2>log >stdout.tar
assert_equal "$(tar -xOf stdout.tar file)" text
built -o type=cacheonly
# Mistakes, before anything is built.
refused() { # WORDS SPEC...
    assert_fails_with 125 builder build -o "$2" context
    assert_contains "$output" "$1"
    assert_lacks "$output" STEP
}
refused "there is no type 'floppy'" type=floppy,dest=x
refused "type= is missing" dest=x,name=y
refused "'nosuch' is not known for type=oci" type=oci,dest=x,nosuch=1
refused "dest= is missing" type=local
refused "missing the closing double quote" 'type=image,"name=a'
DOCKER_HOST=unix://$place/nosuch.sock refused "--load=docker: " type=docker
refused "push-by-digest" type=registry,name=x,push-by-digest=true
refused "'push' has no value" type=image,push
