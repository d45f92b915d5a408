# version and --version agree; --version needs no store.
. "$(dirname "$0")/../library.sh"
line=$("$program" --root /dev/null/x --version)
version=${line#builder version }
assert_contains "$(builder version)" "$version"
assert_equal "$(builder version --json | jq -r .version)" "$version"
