# Traces: Chrome's, in which slices of one thread nest, and one of OpenTelemetry below the caller's span.
. "$(dirname "$0")/../library.sh"
needs jq
make_base
mkdir context
printf 'FROM base AS tools\nRUN sleep 0.2; echo tools\nFROM base\nCOPY --from=tools /etc/passwd /p\nRUN sleep 0.1\n' >context/Containerfile
builder build -q --trace trace.json context >/dev/null
assert_equal "$(jq -r '.displayTimeUnit' trace.json)" ms
slices='[.traceEvents[] | select(.ph == "X" and .cat != "build")]'
assert_equal "$(jq "$slices | length" trace.json)" 5
assert_equal "$(jq "$slices | map(select(.name | startswith(\"RUN sleep 0.2\"))) | .[0].dur >= 200000" trace.json)" true
# In a thread no slice begins before the one before it has ended.
assert_equal "$(jq "$slices | group_by(.tid) | map(sort_by(.ts) | [range(1; length) as \$i | .[\$i].ts >= .[\$i - 1].ts + .[\$i - 1].dur]) | flatten | all" trace.json)" true
assert_equal "$(jq '[.traceEvents[] | select(.ph == "M" and .name == "thread_name") | .args.name] | sort | join(",")' trace.json)" '"build,stage 1,stage tools"'

parent=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
TRACEPARENT=$parent builder build -q --trace trace.jsonl context >/dev/null
assert_equal "$(wc -l <trace.jsonl)" 1
spans='.resourceSpans[0].scopeSpans[0].spans'
assert_equal "$(jq -r "[$spans[].traceId] | unique | join(\",\")" trace.jsonl)" 0af7651916cd43dd8448eb211c80319c
assert_equal "$(jq -r "$spans[0].parentSpanId" trace.jsonl)" b7ad6b7169203331
root=$(jq -r "$spans[0].spanId" trace.jsonl)
assert_equal "$(jq -r "[$spans[1:][].parentSpanId] | unique | join(\",\")" trace.jsonl)" "$root"
assert_equal "$(jq "[$spans[] | (.startTimeUnixNano | tonumber) <= (.endTimeUnixNano | tonumber)] | all" trace.jsonl)" true
assert_equal "$(jq '.resourceSpans[0].resource.attributes[0].value.stringValue' trace.jsonl)" '"builder"'

# Of a failed build as well.
printf 'FROM base\nRUN exit 5\n' >failing
assert_fails_with 5 builder build --trace failed.jsonl -f failing context
assert_equal "$(jq "[$spans[] | select(.status.code == 2)] | length" failed.jsonl)" 2
assert_fails_with 5 builder build --trace nosuch/trace.json -f failing context

# The same of a recorded one; a place that cannot be written is an error, the image is there all the same.
builder build -q --trace trace.jsonl context >/dev/null
assert_equal "$(builder builds trace --format otlp | jq "$spans | length")" "$(jq "$spans | length" trace.jsonl)"
assert_fails_with 125 builder builds trace --format nosuch
assert_contains "$output" "chrome or otlp"
id=$(builder build -q --trace nosuch/trace.json context 2>error) && fail "the trace was written nowhere"
assert_contains "$(cat error)" "nosuch/trace.json"
builder inspect --type image "$id" >/dev/null
