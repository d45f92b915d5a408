# `why` names the first input that differs from the build before: file, mode, variable, base image, text, mount, flag.
. "$(dirname "$0")/../library.sh"
needs jq
make_base
mkdir context
echo 1 >context/a
echo b >context/b
cat >Containerfile <<'CONTAINERFILE'
FROM base
ARG VERSION=1
COPY . /src
RUN cat /src/a >/out && echo $VERSION
CONTAINERFILE
build_it() { builder build -q -f Containerfile "$@" context; }
reason() { # STEP: of the newest build
    builder why --json | jq -r --argjson step "$1" '.steps[] | select(.step == $step) | .reason | .text + if .now == "" then "" else " (\(.before) → \(.now))" end'
}
outcomes() { builder why --json | jq -r '[.steps[] | .outcome] | join(" ")'; }
digest() { sha256sum "$1" | cut -c-12; }

assert_fails_with 125 builder why nosuch
assert_contains "$output" "there is no record of a build 'nosuch'"
build_it >/dev/null
assert_equal "$(outcomes)" "ran ran"
assert_contains "$(builder why)" "because there was no record of it"

build_it >/dev/null
assert_equal "$(outcomes)" "cached cached"
assert_lacks "$(builder why)" because

before=$(digest context/a)
echo 2 >context/a
build_it >/dev/null
assert_equal "$(outcomes)" "ran ran"
assert_equal "$(reason 3)" "file a changed ($before → $(digest context/a))"
assert_equal "$(reason 4)" "step 3 ran"

chmod 755 context/b
build_it >/dev/null
assert_equal "$(reason 3)" "the mode of file b changed (0644 → 0755)"

mkdir context/c
build_it >/dev/null
assert_equal "$(reason 3)" "folder c is new"
rmdir context/c
echo 3 >context/a
build_it >/dev/null
assert_equal "$(outcomes)" "ran ran" "a file that never was"
assert_contains "$(reason 3)" "file a changed" "the newest build is compared with"

build_it --build-arg VERSION=2 >/dev/null
assert_equal "$(outcomes)" "cached ran"
assert_equal "$(reason 4)" "variable VERSION changed"

sed -i 's/cat/head -n1/' Containerfile
build_it --build-arg VERSION=2 >/dev/null
assert_equal "$(reason 4)" "command changed"

build_it --build-arg VERSION=2 --cap-drop CHOWN >/dev/null
assert_contains "$(reason 4)" "cap-drop"

sed -i 's/RUN /RUN --mount=type=tmpfs,target=\/t /' Containerfile
build_it --build-arg VERSION=2 >/dev/null
assert_contains "$(reason 4)" "mount"

build_it --no-cache --build-arg VERSION=2 >/dev/null
assert_equal "$(reason 3)" "the cache is not used"

old_base=$(builder images -q --no-trunc base)
mkdir empty
printf 'FROM base\nRUN echo new >/new\n' | builder build -q -t base -f - empty >/dev/null
new_base=$(builder images -q --no-trunc base)
assert_different "$old_base" "$new_base"
build_it --build-arg VERSION=2 >/dev/null
assert_equal "$(reason 3)" "the base image base changed (${old_base:0:19} → ${new_base:0:19})"
assert_equal "$(reason 4)" "step 3 ran"

# What the record does not know, the cache does: it tells of a step even where the records are gone.
builder builds rm --all >/dev/null
echo 4 >context/a
build_it --build-arg VERSION=2 >/dev/null
assert_contains "$(reason 3)" "changed"

# --explain says the same as it goes; Buildah's lines stay what they are.
echo 5 >context/a
before=$(builder build -f Containerfile --build-arg VERSION=2 --explain context)
assert_contains "$before" "--> ran because file a changed"
assert_contains "$before" "--> ran because step 3 ran"
assert_lacks "$(builder build -f Containerfile --build-arg VERSION=2 context)" "because"
