# Every field of the configuration, and the ways to take values back.
source "$(dirname "$0")/../library.sh"
make_base
container=$(builder from --format docker scratch)
builder config --cmd 'a "b c"' --entrypoint '["/x","y"]' --env A=1 --env B=2 --label l=1 --port 80 --port 53/udp --volume /v \
    --user 1:2 --workingdir /w --hostname h --domainname d --comment c --author me --onbuild 'RUN x' --shell '/bin/bash -c' \
    --annotation a=b --stop-signal TERM --arch arm64 --variant v8 --os linux --os-version 1 --os-feature f \
    --healthcheck 'CMD-SHELL x y' --healthcheck-interval 5s --healthcheck-retries 7 "$container"
docker() { builder inspect "$container" | jq -c ".Docker | .$1"; }
assert_equal "$(docker config.Cmd)" '["a","b c"]'
assert_equal "$(docker config.Entrypoint)" '["/x","y"]'
assert_equal "$(docker config.Env)" '["A=1","B=2"]'
assert_equal "$(docker config.ExposedPorts)" '{"53/udp":{},"80":{}}'
assert_equal "$(docker config.Healthcheck)" '{"Test":["CMD-SHELL","x y"],"Interval":5000000000,"Timeout":30000000000,"Retries":7}'
assert_equal "$(docker config.OnBuild)" '["RUN x"]'
assert_equal "$(docker config.Shell)" '["/bin/bash","-c"]'
assert_equal "$(builder inspect "$container" | jq -c '.Docker | [.comment,.author,.architecture,.variant,.config.Hostname,.config.Domainname]')" '["c","me","arm64","v8","h","d"]'
assert_equal "$(builder inspect "$container" | jq -c '.ImageAnnotations')" '{"a":"b"}'
builder config --env A- --label - --port 80- --volume /v- --annotation a- --entrypoint '' --healthcheck '' "$container"
assert_equal "$(docker config.Env)" '["B=2"]'
assert_equal "$(docker 'config|[.Labels,.Volumes,.Entrypoint,.ExposedPorts]')" '[null,null,null,{"53/udp":{}}]'
builder config --entrypoint 'run me' "$container" 2>/dev/null
assert_equal "$(docker config.Entrypoint)" '["/bin/sh","-c","run me"]'
builder config --add-history --env C=3 "$container"
assert_equal "$(builder inspect "$container" | jq -r '.History[-1].created_by')" '/bin/sh -c #(nop) ENV C=3'
assert_contains "$(builder config --comment x "$(builder from scratch)" 2>&1)" "COMMENT is not supported for OCI image format, comment x will be ignored. Must use \`docker\` format"
assert_fails_with 125 builder config --healthcheck 'what' "$container"
builder rm --all >/dev/null
