# Every command and every flag has a help, a manual page and a completion, and a name of its own.
source "$(dirname "$0")/../library.sh"
"$program" debug commands >all.json
"$program" debug manual man
"$program" completion bash >script.bash
"$program" completion zsh >script.zsh
"$program" completion fish >script.fish
bash -n script.bash
assert_fails_with 125 "$program" completion csh
[[ -s man/builder.1 ]] || fail "there is no page of the program"
while read -r name; do
    [[ -s man/builder-$name.1 ]] || fail "there is no page of $name"
    grep -q -- "$name" script.bash script.zsh script.fish
    # A flag that is there twice makes the parser fail.
    help=$("$program" "$name" --help)
    while read -r flag; do
        assert_contains "$help" "--$flag" "$name"
        grep -qF -- "$(sed 's/-/\\-/g' <<<"$flag")" "man/builder-$name.1" || fail "--$flag is not on the page of $name"
        grep -q -e "-l $flag " script.fish || fail "--$flag is not in fish"
    done < <(jq -r --arg name "$name" '.commands[] | select(.name == $name) | .flags[] | select(.hidden | not) | .name' all.json)
    status=0
    error=$("$program" --root "$place/none" "$name" --no-such-flag 2>&1) || status=$?
    [[ $status == 125 || $(jq -r --arg name "$name" '.commands[] | select(.name == $name) | .subcommands // empty' all.json) ]] || fail "$name takes a flag that is not there"
    assert_lacks "$error" "already added" "$name"
done < <(jq -r '.commands[].name' all.json)
source ./script.bash
COMP_WORDS=(builder conf)
COMP_CWORD=1
_builder
assert_equal "${COMPREPLY[*]}" config
COMP_WORDS=(builder config --work)
COMP_CWORD=2
_builder
assert_equal "${COMPREPLY[*]}" --workingdir
