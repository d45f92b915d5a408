# In a pipe a build prints the lines that scripts for Buildah look for, stage after stage in the order of the file, though
# stages run beside each other; --progress=plain prints them as they come.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
export BUILDAH_LAYERS=false
plainly() { sed -E 's/^[0-9a-f]{64}$/ID/; s/^--> [0-9a-f]{12}$/--> DIGITS/'; }
builder build -t one -t two -f - empty <<<$'FROM base\nRUN echo "said $((1 + 1))"\nCMD true' 2>/dev/null >raw
plainly <raw >log
assert_equal "$(cat log)" 'STEP 1/3: FROM base
STEP 2/3: RUN echo "said $((1 + 1))"
said 2
STEP 3/3: CMD true
COMMIT one
--> DIGITS
Successfully tagged localhost/two:latest
Successfully tagged localhost/one:latest
ID'
assert_equal "$(sed -n 's/^--> //p' raw)" "$(tail -1 raw | cut -c1-12)" "the digits are the image's"
# The first stage waits for the second one, which has long begun to speak.
cat >Containerfile <<'X'
ARG image=base
FROM $image AS slow
RUN --mount=type=cache,target=/c until [ -e /c/second ]; do sleep 0.05; done; echo slow
FROM base AS fast
RUN --mount=type=cache,target=/c echo fast; touch /c/second
FROM slow AS last
COPY --from=fast /etc /etc
X
builder build --build-arg unused=1 . 2>/dev/null | plainly >log
assert_equal "$(cat log)" '[1/3] STEP 1/2: FROM base AS slow
[1/3] STEP 2/2: RUN --mount=type=cache,target=/c until [ -e /c/second ]; do sleep 0.05; done; echo slow
slow
--> DIGITS
[2/3] STEP 1/2: FROM base AS fast
[2/3] STEP 2/2: RUN --mount=type=cache,target=/c echo fast; touch /c/second
fast
[3/3] STEP 1/2: FROM slow AS last
[3/3] STEP 2/2: COPY --from=fast /etc /etc
[3/3] COMMIT
--> DIGITS
[Warning] one or more build args were not consumed: [unused]
ID'
# With an ID in a file there are no digits and no ID.
builder build --iidfile id -f - empty <<<$'FROM base\nLABEL a=b' >log 2>/dev/null
assert_equal "$(cat log)" $'STEP 1/2: FROM base\nSTEP 2/2: LABEL a=b\nCOMMIT'
# The stage that fails shows what it printed, though an earlier one is at work; and the first line says which step it was.
cat >bad <<'X'
FROM base AS slow
RUN sleep 100
FROM base AS bad
RUN echo before; exit 5
FROM slow
COPY --from=bad /etc /etc
X
assert_fails_with 5 builder build -f bad empty
assert_line "$output" before
assert_line "$output" 'Error: building at STEP "RUN echo before; exit 5": while running runtime: exit status 5'
