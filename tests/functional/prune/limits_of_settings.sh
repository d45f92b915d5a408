# [store] of builder.toml: what is over the limits goes whenever something is written, and not otherwise.
. "$(dirname "$0")/../library.sh"
make_base
export XDG_CONFIG_HOME=$place/config
mkdir -p config/builder
settings() { printf '[store]\n%s\n' "$1" >config/builder/builder.toml; }
for n in 1 2 3; do
    printf 'FROM base\nRUN head -c 4000000 /dev/urandom >/%s\n' $n >file$n
    builder build -q -f file$n -t image$n . >/dev/null
done
builder rmi image1 image2 >/dev/null
layers() { ls store/layers | wc -l; }
before=$(layers)
settings 'keep-size = "1m"'
builder images >/dev/null
assert_equal "$(layers)" "$before" "layers after a command that only reads"
builder tag image3 other
((before - $(layers) == 2)) || fail "the steps of two removed images had to go: $(layers) of $before are left"
builder run "$(builder from image3)" test -s /3
settings 'keep-sice = "1m"'
assert_contains "$(builder tag image3 another 2>&1)" "keep-sice" "the key that means nothing"
builder inspect another >/dev/null
settings 'keep-size = "much"'
assert_contains "$(builder tag image3 last 2>&1)" "keep-size" "the value that is no size"
builder inspect last >/dev/null
builder rm --all >/dev/null
