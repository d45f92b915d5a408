# Containerfile goes before Dockerfile; -f is looked for here, then in the context.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context
label() { config it .config.Labels.which; }
printf 'FROM base\nLABEL which=dockerfile\n' >context/Dockerfile
builder build -q -t it context >/dev/null && assert_equal "$(label)" '"dockerfile"'
printf 'FROM base\nLABEL which=containerfile\n' >context/Containerfile
builder build -q -t it context >/dev/null && assert_equal "$(label)" '"containerfile"'
printf 'FROM base\nLABEL which=inside\n' >context/other
builder build -q -t it -f other context >/dev/null && assert_equal "$(label)" '"inside"'
printf 'FROM base\nLABEL which=here\n' >other
builder build -q -t it -f other context >/dev/null && assert_equal "$(label)" '"here"'
