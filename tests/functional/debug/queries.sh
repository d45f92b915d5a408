# debug expand, ignore and reference answer JSON documents, a line each, each before the next one is asked.
. "$(dirname "$0")/../library.sh"
answer() { builder debug "$1" --json-lines <<<"$2" | jq -cS .; }
assert_equal "$(answer expand '{"input":"${A:-x} \"b c\"","escape":"\\","env":{"A":"1 2"}}')" \
    '{"escape":"\\","input":"${A:-x} \"b c\"","word":"1 2 b c","words":["1","2","b c"]}'
assert_equal "$(answer expand '{"input":"${A"}' | jq -c '[.word_error, .words_error]')" '[true,true]'
assert_equal "$(answer ignore '{"patterns":["*.o","!a.o"],"path":"b.o"}' | jq .excluded)" true
assert_equal "$(answer ignore '{"patterns":["*.o","!a.o"],"path":"a.o"}' | jq .excluded)" false
assert_equal "$(answer reference '{"input":"busybox"}' | jq -r .pull)" docker.io/library/busybox:latest
assert_equal "$(answer reference '{"input":"Busybox"}' | jq .valid)" false
coproc builder debug reference --json-lines
for name in a b c; do
    echo "{\"input\":\"$name\"}" >&"${COPROC[1]}"
    read -t 20 -r line <&"${COPROC[0]}" || fail "there is no answer about $name"
    assert_equal "$(jq -r .familiar <<<"$line")" "$name"
done
eval "exec ${COPROC[1]}>&-"
wait
assert_fails_with 125 builder debug expand --json-lines <<<'no json'
assert_contains "$output" "line 1"
assert_fails_with 125 builder debug expand
assert_fails_with 125 builder debug pars
assert_contains "$output" "did you mean parse?"
assert_contains "$(builder debug)" "parse"
for command in parse plan expand ignore reference; do
    assert_contains "$(builder debug --help)" "$command"
    assert_contains "$(builder debug "$command" --help)" "builder debug $command"
    assert_contains "$(builder help debug "$command")" "builder debug $command"
done
