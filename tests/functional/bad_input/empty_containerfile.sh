# An empty Containerfile, one without FROM, and none at all are told apart.
. "$(dirname "$0")/../library.sh"
assert_refused -f - . </dev/null
assert_refused -f - . <<<$'RUN true'
assert_contains "$output" "FROM"
mkdir empty
assert_refused empty
assert_contains "$output" "cannot find Containerfile or Dockerfile in context directory: stat $place/empty/Dockerfile: no such file or directory"
assert_refused -f nowhere empty
assert_contains "$output" "nowhere"
assert_refused no/such/context
