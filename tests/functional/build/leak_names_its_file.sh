# The file with a secret in it is named, not one that stands behind it in the layer.
. "$(dirname "$0")/../library.sh"
make_base
printf production >secret
mkdir empty
assert_fails_with 125 builder build --secret id=s,src=secret -f - empty <<<$'FROM base\nRUN echo production >/x; echo admin >/y'
assert_contains "$output" "the file '/x' would carry the secret 's'"
assert_fails_with 125 builder build --secret id=s,src=secret -f - empty <<<$'FROM base\nRUN echo admin >/x; echo production >/y; mkdir /z'
assert_contains "$output" "the file '/y' would carry the secret 's'"
# By its name only.
assert_fails_with 125 builder build --secret id=s,src=secret -f - empty <<<$'FROM base\nRUN echo admin >/x; ln -s production /y; echo admin >/z'
assert_contains "$output" "the file '/y' would carry the secret 's'"
# Values that are too short to be looked for are told at the start, by their names.
printf 1234567 >short
log=$(builder build --secret id=pin,src=short --secret id=s,src=secret --secret id=free,src=short,scan=false -f - empty 2>&1 <<<$'FROM base\nRUN echo done')
assert_contains "$log" "the secret 'pin' is shorter than"
assert_lacks "$log" "'s' is shorter"
assert_lacks "$log" "'free' is shorter"
