# -t takes places outside the store, besides names.
. "$(dirname "$0")/../library.sh"
make_base
printf 'FROM base\nLABEL a=b\n' >Containerfile
id=$(builder build -q -t it -t "oci:$place/folder:v1" -t "docker-archive:$place/archive.tar" .)
assert_equal "$(jq -r '.manifests[0].annotations["org.opencontainers.image.ref.name"]' folder/index.json)" v1
for where in oci:folder:v1 docker-archive:archive.tar; do
    assert_equal "$("$program" --root "$place/store/two" --runroot run pull -q "$where")" "$id" "$where"
done
