# What others wrote cannot steer the terminal, and is not shown where it is not theirs to show.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context empty
esc=$'\033'
printf 'FROM base AS one\nLABEL a="%s[2Jx"\nRUN true # %s]0;title\n' "$esc" "$esc" >steering
log=$(builder build --no-cache -t it -f steering empty 2>&1)
assert_contains "$log" 'STEP'
assert_lacks "$log" "$esc"
assert_lacks "$(builder debug plan steering)" "$esc"
assert_contains "$(builder debug plan steering)" '\x1b'
assert_lacks "$(builder inspect --format '{{.OCIv1.Config.Labels.a}}' it)" "$esc"
assert_fails_with 125 builder build -f - empty <<<"FROM base${esc}[1m"
assert_lacks "$output" "$esc"

# JSON has what steers as it may have it, but no terminal takes it: a control of one character, and what turns the direction.
csi=$'\xc2\x9b' turn=$'\xe2\x80\xae'
printf 'FROM base AS one\nLABEL a="%s2J%sx"\n' "$csi" "$turn" >steering
builder build -q -t it -f steering empty >/dev/null
assert_equal "$(builder inspect it | jq -r .OCIv1.config.Labels.a)" "${csi}2J${turn}x" "what the JSON means"
container=$(builder from it)
folder=$(write_oci it)
jq -c --arg evil "$csi$turn" '.manifests[0].annotations.evil = $evil' "$folder/index.json" >index.json && mv index.json "$folder/index.json"
grep -q "$csi" "$folder/index.json" || fail "the index does not hold what is to be escaped"
for command in "inspect it" "inspect $container" "debug plan --format json steering" "debug parse --format json steering" "build --progress=json -f steering empty" \
    "manifest inspect oci:$folder:x" "build --call=outline,format=json -f steering empty" "images --json"; do
    output=$(builder $command 2>&1) || fail "$command: $output"
    assert_lacks "$output" "$csi" "$command"
    assert_lacks "$output" "$turn" "$command"
done
builder rm "$container" >/dev/null

# An ignore file that is a link out of the context is obeyed, but not shown.
printf '[secret-of-the-host\n' >victim && ln -s ../victim context/.dockerignore
assert_fails_with 125 builder build -f - context <<<$'FROM base\nCOPY . /'
assert_contains "$output" "not shown"
assert_lacks "$output" secret-of-the-host
printf 'left-out\n' >victim && touch context/left-out context/taken
builder build -q -t it -f - context >/dev/null <<<$'FROM base\nCOPY . /'
assert_contains "$(layer it)" taken
assert_lacks "$(layer it)" left-out

# A fetched context does not get files of this machine through the preprocessor.
if command -v cpp >/dev/null; then
    mkdir fetched && echo 'LABEL of-the-host=1' >host-file
    printf 'FROM base\n#include "%s/host-file"\n' "$place" >fetched/Containerfile.in
    builder build -q -t it -f fetched/Containerfile.in fetched >/dev/null 2>&1
    assert_contains "$(config it .config.Labels)" of-the-host
    tar -C fetched -cf fetched.tar . && builder build -q -t it -f Containerfile.in - <fetched.tar >/dev/null 2>&1
    assert_lacks "$(config it .config.Labels)" of-the-host
fi
