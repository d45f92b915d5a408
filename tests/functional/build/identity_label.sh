# io.buildah.version is on every image that is made, but for those with a fixed time; an update changes no image.
source "$(dirname "$0")/../library.sh"
make_base
mkdir empty
label() { builder inspect -t image --format '{{index .OCIv1.Config.Labels "io.buildah.version"}}' "${1:-it}"; }
build() { builder build -q -t it "$@" -f - empty >/dev/null; }
# The base of the tests was made by builder, too.
builder build -q --unsetlabel io.buildah.version -t plain -f - empty >/dev/null <<<$'FROM base\nLABEL plain=1'
assert_equal "$(label plain)" ""
build <<<$'FROM plain\nRUN touch /f'
assert_equal "$(label)" 1.45.0
build --identity-label=false <<<$'FROM plain\nRUN touch /f'
assert_equal "$(label)" ""
build --timestamp 1 <<<$'FROM plain\nRUN touch /f'
assert_equal "$(label)" ""
build --timestamp 1 --identity-label <<<$'FROM plain\nRUN touch /f'
assert_equal "$(label)" 1.45.0
SOURCE_DATE_EPOCH=1 build <<<$'FROM plain\nRUN touch /f'
assert_equal "$(label)" ""
build --unsetlabel io.buildah.version <<<$'FROM plain\nRUN touch /f'
assert_equal "$(label)" ""
# FROM alone makes nothing: the image is the base, which has no such label.
id=$(builder build -q -f - empty <<<'FROM plain')
assert_equal "sha256:$id" "$(builder images --no-trunc -q plain)"
name=$(builder from plain)
builder commit -q "$name" it >/dev/null
assert_equal "$(label)" 1.45.0
builder commit -q --identity-label=false "$name" it >/dev/null
assert_equal "$(label)" ""
