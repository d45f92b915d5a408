# Docker's commands of two words do what builder's own do; one that there is not says what there is.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
id=$(builder buildx build -q -t it -f - empty <<<$'FROM base\nLABEL a=b')
assert_equal "$(builder image inspect --format '{{.FromImageID}}' it)" "${id#sha256:}"
assert_equal "$(builder image ls -q it)" "$(builder images -q it)"
assert_equal "$(builder image build -q -f - empty <<<$'FROM base\nLABEL a=b')" "$id"
builder image tag it other
assert_equal "$(builder images -q other)" "$(builder images -q it)"
assert_contains "$(builder image history it)" "LABEL a=b"
builder from --name c it >/dev/null
assert_contains "$(builder container ls)" " c"
builder container rm c >/dev/null
assert_equal "$(builder containers -q)" ""
builder image rm other >/dev/null
assert_fails_with 125 builder inspect --type image other
assert_contains "$(builder system df)" "all "
builder builder prune >/dev/null
# A short name is no command of Docker's: what builder has itself stays.
assert_contains "$(builder builds ls)" "BUILD"
assert_fails_with 125 builder buildx bake
assert_contains "$output" 'builder has no buildx '\''bake'\'''
assert_contains "$output" "build, du, prune, version"
assert_fails_with 125 builder image
assert_fails_with 125 builder buildx imagetools create x
assert_contains "$output" "builder manifest"
start_registry
builder push -q --tls-verify=false it "docker://$registry/it:1"
assert_contains "$(builder buildx imagetools inspect --tls-verify=false "$registry/it:1")" "sha256:"
assert_contains "$(builder buildx history ls)" "BUILD"
# image prune takes images without a name, and leaves the cache alone.
builder build -q -f - empty <<<$'FROM base\nRUN true' >quiet
nameless=$(builder images -q --filter dangling=true)
[[ -n $nameless ]] || fail "there is no image without a name"
builder image prune >quiet 2>&1
assert_equal "$(builder images -q --filter dangling=true)" ""
assert_contains "$(builder build -f - empty <<<$'FROM base\nRUN true' 2>&1)" "Using cache"
