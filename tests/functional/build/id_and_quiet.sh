# --quiet prints nothing but the ID; --iidfile writes it with its algorithm, and then it is not printed.
. "$(dirname "$0")/../library.sh"
make_base
printf 'FROM base\nRUN echo noise\n' >Containerfile
id=$(builder build --quiet . 2>errors)
[[ $id =~ ^[0-9a-f]{64}$ ]] || fail "not an ID: $id"
assert_equal "$(cat errors)" ""
assert_equal "$(builder build --quiet --iidfile id . 2>errors)" "" "the ID is in the file only"
assert_equal "$(cat id)" "sha256:$id"
assert_equal "$(cat errors)" ""
