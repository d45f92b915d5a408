# What the documents of an image say of its making, and what it takes over from its base.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
annotations() { builder inspect --type image "${1:-it}" | jq -cS '.ImageAnnotations // {}'; }
annotation() { annotations "${2:-it}" | jq -r --arg name "org.opencontainers.image.$1" '.[$name] // "none"'; }
created() { builder inspect it | jq -r .OCIv1.created; }

build --annotation org.example.own=1 empty <<<$'FROM base\nLABEL inherited=1 other=2'
assert_equal "$(annotation created)" "$(created)"
assert_equal "$(annotation base.name)" localhost/base:latest
assert_equal "$(annotation base.digest)" "$(builder inspect --format '{{.FromImageDigest}}' base)"
builder tag it parent
build empty <<<$'FROM parent\nENV A=1'
assert_equal "$(annotations | jq -r '."org.example.own"')" 1
assert_equal "$(annotation base.name)" localhost/parent:latest
build --unsetannotation org.example.own --unsetlabel other empty <<<$'FROM parent\nENV A=2'
assert_equal "$(annotations | jq -r '."org.example.own"')" null
assert_equal "$(config it '.config.Labels|del(."io.buildah.version")')" '{"inherited":"1"}'
build --inherit-annotations=false --inherit-labels=false --created-annotation=false empty <<<$'FROM parent\nLABEL own=1'
assert_equal "$(annotations)" '{}'
assert_equal "$(config it '.config.Labels|del(."io.buildah.version")')" '{"own":"1"}'
build --timestamp 1000000000 empty <<<$'FROM base\nLABEL at=then'
assert_equal "$(annotation created)" 2001-09-09T01:46:40Z
build --annotation org.opencontainers.image.created=never empty <<<$'FROM base'
assert_equal "$(annotation created)" never
build --format docker empty <<<$'FROM base\nLABEL d=1'
assert_equal "$(annotations)" '{}'
build --identity-label empty <<<$'FROM base\nLABEL d=1'
assert_equal "$(config it '.config.Labels | keys')" '["d","io.buildah.version"]'
# The images of other stages, which --save-stages keeps.
build --save-stages --layer-label kept=yes empty <<<$'FROM base AS one\nRUN true >/x\nFROM base\nCOPY --from=one /x /x'
assert_equal "$(builder images -a -q --no-trunc --filter label=kept=yes | wc -l)" 1
assert_equal "$(config it '.config.Labels.kept')" null

# A commit says the same, and in its own words.
container=$(builder from base)
builder commit -q --timestamp 1000000000 "$container" it >/dev/null
assert_equal "$(annotation created) $(annotation base.name)" "2001-09-09T01:46:40Z localhost/base:latest"
builder commit -q --created-annotation=false "$container" it >/dev/null
assert_equal "$(annotation created)" none

# Steps that are older than --cache-ttl are run again.
ttl() { builder build -t it -f - "$@" empty <<<$'FROM base\nRUN head -c8 /dev/urandom | sha256sum >/r' >/dev/null 2>&1 && file it /r; }
first=$(ttl)
assert_equal "$(ttl --cache-ttl 1h)" "$first" "a young step"
assert_different "$(ttl --cache-ttl 0)" "$first"
assert_fails_with 125 builder build --cache-ttl soon -f - empty <<<'FROM base'
