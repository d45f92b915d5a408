# What builder prints as JSON fits the schemas in docs/schemas.
. "$(dirname "$0")/../library.sh"
"$python" -c 'import jsonschema' 2>/dev/null || skip "python3-jsonschema is not installed"
make_base
fits() { # SCHEMA lines|document FILE
    "$python" - "$tests/../../docs/schemas/$1.json" "$2" "$3" <<'PROGRAM' || fail "$3 does not fit the schema $1"
import json, sys
import jsonschema
schema, form, file = sys.argv[1:]
check = jsonschema.Draft202012Validator(json.load(open(schema)))
documents = [json.loads(line) for line in open(file)] if form == 'lines' else [json.load(open(file))]
assert documents, 'there is nothing to look at'
for document in documents:
    for error in check.iter_errors(document):
        sys.exit(f'{json.dumps(document)[:300]}: {error.message}')
PROGRAM
}
mkdir context
echo 1 >context/file
printf 'FROM base AS a\nCOPY file /\nRUN echo hello\nFROM a\nENV x=1\nRUN [ ! -e /fail ]\n' >context/Containerfile
builder build --progress json -t it context >events
fits progress lines events
echo 2 >context/file
builder build --progress json -t it context >events
grep -q '"reason"' events || fail "no step has a reason"
fits progress lines events
for build in "" ^1; do
    builder builds show --json $build >record
    fits build-record lines record
    builder why --json $build >why
    fits why document why
done
printf 'FROM base\nRUN exit 3\n' | builder build --progress json -f - context >events 2>/dev/null && fail "it did not fail"
fits progress lines events
builder builds show --json >record
grep -q '"failed"' record || fail "the newest record is not of a failed build"
fits build-record lines record
builder why --json >why
fits why document why
# What is pulled and pushed meanwhile, blob by blob.
builder push -q base oci:layout:x
builder --root "$place/store/other" --runroot "$place/run-other" build --progress json -t oci:pushed:x -f - context >events <<<$'FROM oci:layout:x\nRUN true'
fits progress lines events
for event in transfer_started transfer_finished; do
    [[ $(jq -r "select(.event == \"$event\") | .blob" events) == *sha256:* ]] || fail "there is no $event: $(cat events)"
done
assert_equal "$(jq -r 'select(.event == "transfer_started") | .blob' events | sort)" "$(jq -r 'select(.event == "transfer_finished") | .blob' events | sort)"
builder builds ls --json >list
fits builds document list
# The schemas tell right from wrong.
echo '{"event":"step_finished","stage":"0","step":0}' >wrong
(fits progress lines wrong) 2>/dev/null && fail "anything fits the schema"
echo "the schemas are kept"
