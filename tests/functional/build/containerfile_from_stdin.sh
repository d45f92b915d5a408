# -f - reads standard input; several -f are joined; a context of - is a Containerfile alone.
. "$(dirname "$0")/../library.sh"
make_base
echo x >file
builder build -q -t it -f - . >/dev/null <<<$'FROM base\nCOPY file /file'
assert_equal "$(file it /file)" x
printf 'FROM base\nRUN echo 1 >/first' >one
printf 'RUN echo 2 >/second\n' >two
builder build -q -t it -f one -f two . >/dev/null
assert_equal "$(file it /first)$(file it /second)" 12
builder build -q -t it - >/dev/null <<<$'FROM base\nLABEL a=alone'
assert_equal "$(config it .config.Labels.a)" '"alone"'
