# outdated names the images whose base is another one today: by the registry for its names, by the store for localhost.
source "$(dirname "$0")/../library.sh"
start_registry
make_base
plain=(--tls-verify=false)
builder push -q "${plain[@]}" base "docker://$registry/team/base:1"
build_empty "${plain[@]}" <<<$"FROM $registry/team/base:1"$'\nLABEL x=y'
builder tag it remote && builder untag it localhost/it:latest
build_empty <<<$'FROM base\nLABEL x=z'
builder tag it local && builder untag it localhost/it:latest
state() { builder outdated "${plain[@]}" --json "$@" | jq -r '.[] | "\(.image) \(.state)"'; }
assert_equal "$(state)" "" "nothing has changed yet"
assert_equal "$(state --all | sort)" $'localhost/local:latest current\nlocalhost/remote:latest current'
assert_equal "$(builder outdated "${plain[@]}" --exit-code)" ""
# Both bases move.
build_empty <<<$'FROM base\nRUN touch /newer'
builder push -q "${plain[@]}" it "docker://$registry/team/base:1"
assert_equal "$(state)" "localhost/remote:latest outdated"
builder tag it base
assert_equal "$(state)" $'localhost/local:latest outdated\nlocalhost/remote:latest outdated'
assert_fails_with 1 builder outdated "${plain[@]}" --exit-code
assert_contains "$output" "localhost/remote:latest"
assert_equal "$(builder outdated "${plain[@]}" --json | jq -r '.[1] | .base, .now')" "$registry/team/base:1"$'\n'"$(builder inspect "${plain[@]}" --format '{{.Digest}}' "docker://$registry/team/base:1")"
# Built anew they are current.
build_empty "${plain[@]}" --pull=always <<<$"FROM $registry/team/base:1"$'\nLABEL x=y'
builder tag it remote && builder untag it localhost/it:latest
assert_equal "$(state)" "localhost/local:latest outdated"
# A registry that is gone is no reason to say nothing of the others.
kill "$server"
wait "$server" 2>/dev/null || :
server=
assert_equal "$(builder outdated "${plain[@]}" --retry 0 --json | jq -r '.[] | "\(.image) \(.state)"')" $'localhost/local:latest outdated\nlocalhost/remote:latest unknown'
assert_different "$(builder outdated "${plain[@]}" --retry 0 --json | jq -r '.[1].reason')" ""
