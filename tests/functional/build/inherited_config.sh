# ENTRYPOINT takes the base image's CMD away, CMD leaves the ENTRYPOINT; ENV and LABEL add up.
. "$(dirname "$0")/../library.sh"
make_base
builder build -q -t parent -f - . >/dev/null <<<$'FROM base\nENV A=1 B=2\nLABEL a=1\nCMD ["c"]\nENTRYPOINT ["e"]'
build_empty <<<$'FROM parent\nCMD ["new"]\nENV B=3 C=$A\nLABEL b=2'
assert_equal "$(config it '[.config.Cmd, .config.Entrypoint]')" '[["new"],["e"]]'
assert_equal "$(config it '.config.Env[1:]')" '["A=1","B=3","C=1"]'
assert_equal "$(config it '.config.Labels|del(."io.buildah.version")')" '{"a":"1","b":"2"}'
build_empty <<<$'FROM parent\nENTRYPOINT ["other"]'
assert_equal "$(config it '[.config.Cmd, .config.Entrypoint]')" '[null,["other"]]'
