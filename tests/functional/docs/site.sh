# The site of the documentation: no link leads nowhere, nothing is loaded from elsewhere, the same bytes twice, without a network.
. "$(dirname "$0")/../library.sh"
needs mkdocs unshare git
needs_root
[[ -d /usr/share/mkdocs/themes/material ]] || skip "mkdocs-material is not installed"
make=$tests/../../docs/site/make
export SOURCE_DATE_EPOCH=1700000000
make_site() { unshare --net "$make" "$program" "$place/$1-work" "$place/$1" >"$1.log" 2>&1 || fail "$(cat "$1.log")"; }
make_site one
make_site two
diff -r one two >difference || fail "$(head difference)"
# Every command has a page, and its flags are there.
for command in $("$program" debug commands | jq -r '.commands[] | select(.hidden | not) | .name'); do
    [[ -e one/docs/reference/builder-$command.html ]] || fail "there is no page of $command"
done
assert_contains "$(cat one/docs/reference/builder-build.html)" "--build-arg NAME=VALUE"
assert_contains "$(cat one/docs/reference/builder-build.html)" "What steps may do, and see"
# Every page of the folder has a place in the navigation.
for page in "$tests"/../../docs/*.md "$tests"/../../docs/howto/*.md; do
    page=$(readlink -f "$page")
    grep -qF "${page##*/docs/}" "$tests/../../docs/site/mkdocs.yml" || fail "$page is not in the navigation"
done
