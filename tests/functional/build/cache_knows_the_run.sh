# A step's record is good only on the very files that the step was run on: two runs of the step below may differ.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
two_steps=$'FROM base\nRUN cat /proc/sys/kernel/random/uuid >/one\nRUN cp /one /two'
one_step=$(head -2 <<<"$two_steps")
# consistent [FLAGS...]: builds both steps; the second one's file is a copy of the first one's.
consistent() {
    build_empty "$@" <<<"$two_steps"
    assert_equal "$(file it /two)" "$(file it /one)" "$*"
}
consistent
first=$(file it /one)
consistent
assert_equal "$(file it /one)" "$first" "a build without changes ran again"

# Only the first step is run anew: a build that fails half way, and one that has no second step.
assert_fails_with 1 builder build --no-cache -f - empty <<<"$one_step"$'\nRUN false'
consistent
assert_different "$(file it /one)" "$first" "the step that was run anew is not the one in use"
build_empty --no-cache <<<"$one_step"
consistent
log=$(build_log --progress=plain empty <<<"$two_steps")
assert_lacks "$log" "ran because"
build_empty --no-cache <<<"$one_step"
log=$(build_log --progress=plain empty <<<"$two_steps")
assert_contains "$log" "the files below are of another run"

# A cache elsewhere: its second step lies on another first one.
builder build -q --no-cache --cache-to type=local,dest="$place/cache" -f - empty <<<"$two_steps" >/dev/null
other() { "$program" --root "$place/other" --runroot "$place/run2" "$@"; }
builder push -q base "oci:$place/bases:base"
other pull -q "oci:$place/bases:base" >base.id
other tag "$(cat base.id)" base
log=$(other build -t it --cache-from type=local,src="$place/cache" -f - empty <<<"$two_steps" 2>&1)
assert_contains "$log" "from caches in registries: 2 of 2"
other build -q --no-cache -f - empty <<<"$one_step" >/dev/null
log=$(other build -t it --cache-from type=local,src="$place/cache" -f - empty <<<"$two_steps" 2>&1)
assert_contains "$log" "from caches in registries: 0 of 1"
other push -q --disable-compression it "oci:$place/result:x"
result() { "$python" "$tests/image_facts.py" "$place/result" file "$1"; }
assert_equal "$(result /two)" "$(result /one)"

# Steps with the same content below a third: their layers are one, and all stay cached.
same=$'FROM base\nRUN true\nRUN true && true\nRUN cat /proc/sys/kernel/random/uuid >/third'
build_empty <<<"$same"
third=$(file it /third)
build_empty <<<"$same"
assert_equal "$(file it /third)" "$third"

# Two builds at once: whichever records are kept, no image is made of both.
for round in 1 2 3; do
    printf 'FROM base\nRUN echo %s; cat /proc/sys/kernel/random/uuid >/one\nRUN cp /one /two\nRUN cp /two /three\n' "$round" >Containerfile
    builder build -q -t left -f Containerfile empty >/dev/null &
    left=$!
    builder build -q -t right -f Containerfile empty >/dev/null
    wait "$left"
    builder build -q -t after -f Containerfile empty >/dev/null
    for image in left right after; do
        assert_equal "$(file "$image" /two)$(file "$image" /three)" "$(file "$image" /one)$(file "$image" /one)" "$image of round $round"
    done
done
rm -rf "$place/other"
