# Through each kind of place and each packing an image comes back with the same ID and the same files.
. "$(dirname "$0")/../library.sh"
make_base
build_empty <<<$'FROM base\nRUN echo text >/file && ln /file /other && chmod 4755 /file\nENV A=b'
id=$(cat build.id)
for kind in oci oci-archive docker-archive dir; do
    for packing in gzip zstd none; do
        [[ $kind == docker-archive && $packing != none ]] && continue # it holds plain tars
        name=$kind-$packing
        builder push -q --compression-format $packing it "$kind:$place/$name"
        two() { "$program" --root "$place/second-$name" --runroot "$place/run" "$@"; }
        assert_equal "$(two pull -q "$kind:$place/$name")" "$id" "$name"
        folder=$(two inspect "$id" | jq -r '.Layers[-1].folder')
        assert_equal "$(stat -c '%a %h %s' "$folder/file")" "4755 2 5" "$name"
    done
done
