# --save-stages keeps the other stages as images without a name; --stage-labels says which is which.
. "$(dirname "$0")/../library.sh"
make_base
stages=$'FROM base AS first\nRUN echo 1 >/1\nFROM base AS bare\nFROM first\nRUN echo 2 >/2\nFROM base AS unused\nRUN false\nFROM base AS final\nCOPY --from=1 /etc/passwd /p\nCOPY --from=2 /2 /2'
build_empty <<<"$stages"
before=$(builder images -aq | sort -u | wc -l)
build_empty --save-stages <<<"$stages"
assert_equal "$(builder images -aq | sort -u | wc -l)" $((before + 2)) "images"
build_empty --save-stages --stage-labels <<<"$stages"
labels() { builder inspect "$1" | jq -c '.OCIv1.config.Labels // {} | [."io.buildah.stage.name", ."io.buildah.stage.base"]'; }
all=$(for id in $(builder images -aq | sort -u); do labels "$id"; done)
assert_line "$all" '["first","base"]'
assert_equal "$(labels it)" '["final","base"]'
first=$(for id in $(builder images -aq --no-trunc | sort -u); do if [[ $(labels "$id") == *'"first","base"'* ]]; then echo "$id"; fi; done)
assert_line "$all" "[\"2\",\"${first#sha256:}\"]"
assert_fails_with 125 builder build --stage-labels -f - empty <<<'FROM base'
assert_contains "$output" "--save-stages"
