# The checks speak after a build, stand-alone with --check, and as errors where the file wants that.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
cat >Containerfile <<'CONTAINERFILE'
FROM base
RUN echo $PATH
CMD sleep $NOTHING
CONTAINERFILE
build() { builder build -t it -f Containerfile "$@" empty; }
build >out 2>err
assert_contains "$(cat err)" "warning: JSONArgsRecommended: "
assert_contains "$(cat err)" "Containerfile:3"
assert_contains "$(cat err)" "CMD sleep"
assert_lacks "$(cat out)" "JSONArgs"
build --quiet >out 2>err
assert_equal "$(cat err)" "" "standard error with --quiet"

# The image's own variables are known, what nobody defined is not.
cat >variables <<'CONTAINERFILE'
FROM base
WORKDIR ${PATH}
ENV A=$UNDEFINED
CONTAINERFILE
builder build -f variables empty >out 2>err
assert_contains "$(cat err)" "UndefinedVar: Usage of undefined variable '\$UNDEFINED'"
assert_lacks "$(cat err)" "'\$PATH'"
assert_contains "$(builder build --check -f variables empty || true)" "UndefinedVar"

# Directive and build argument.
said() { sed -E '/^(Getting image source signatures|Copying (blob|config) sha256:[0-9a-f]{64}|Writing manifest to image destination)$/d' err; }
{ echo '# check=skip=JSONArgsRecommended'; cat Containerfile; } >skipping
builder build -f skipping empty >out 2>err
assert_equal "$(said)" ""
build --build-arg BUILDKIT_DOCKERFILE_CHECK=skip=all >out 2>err
assert_equal "$(said)" ""
{ echo '# check=error=true'; sed 's/PATH/RANDOM/' Containerfile; } >strict
assert_fails_with 125 builder build -t strict -f strict empty
assert_contains "$output" "warning: JSONArgsRecommended"
assert_contains "$output" "lint violation found for rules: JSONArgsRecommended"
assert_lacks "$output" "STEP"
assert_fails_with 125 builder inspect strict

# --check builds nothing.
assert_fails_with 1 builder build --check -t checked -f Containerfile empty
assert_contains "$output" "JSONArgsRecommended"
assert_contains "$output" "Check complete, 1 warning has been found!"
assert_fails_with 125 builder inspect checked
echo 'FROM scratch' >clean
assert_equal "$(builder build --check -f clean empty)" "Check complete, no warnings found."
assert_fails_with 1 builder build --call=check,format=json -f Containerfile empty
assert_equal "$(jq -c '.warnings[0] | [.ruleName, .location.ranges[0].start.line]' <<<"$output")" '["JSONArgsRecommended",3]'
assert_equal "$(jq -r '.sources[0].data' <<<"$output" | base64 -d)" "$(cat Containerfile)"
builder build --call=check,ignorestatus -f Containerfile empty >/dev/null
assert_fails_with 125 builder build --call=chek -f Containerfile empty
assert_contains "$output" "did you mean check?"

# A file that the ignore file leaves out; a failing build says its warnings, too.
mkdir context
touch context/a context/b
echo a >context/.dockerignore
assert_fails_with 125 builder build -f - context <<<$'FROM base\nCOPY a /'
assert_contains "$output" 'CopyIgnoredFile: Attempting to Copy file "a" that is excluded by .dockerignore'
