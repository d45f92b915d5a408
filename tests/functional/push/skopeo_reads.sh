# skopeo reads what builder writes, in every form.
. "$(dirname "$0")/../library.sh"
needs skopeo
make_base
build_empty <<<$'FROM base\nENV A=b\nLABEL l=v'
for kind in oci oci-archive docker-archive dir; do
    name=$place/$kind
    [[ $kind == dir ]] || name+=:localhost/it:tag
    builder push -q it "$kind:$name"
    assert_equal "$(skopeo inspect "$kind:$name" | jq -r .Labels.l)" v "$kind"
    skopeo copy -q --insecure-policy "$kind:$name" "dir:$place/copy-$kind"
done
# And builder reads what skopeo wrote.
assert_equal "$(builder pull -q "dir:$place/copy-oci")" "$(cat build.id)"
