# --call=outline and --call=targets say what a Containerfile offers; nothing is built, nobody has to be root.
. "$(dirname "$0")/../library.sh"
cat >Containerfile <<'CONTAINERFILE'
# BASE is the image to start from
ARG BASE=alpine
# VERSION of the program
ARG VERSION=1
# compile makes the program
FROM ${BASE} AS compile
ARG VERSION
# DEBUG adds symbols
ARG DEBUG
RUN --mount=type=secret,id=token,required --mount=type=ssh --mount=type=cache,target=/c make
FROM scratch AS other
ARG UNSEEN=1
# release has the program alone
FROM scratch AS release
COPY --from=compile /x /x
CONTAINERFILE
builder build --call=outline . >text
cat >wanted <<'TEXT'
TARGET:      release
DESCRIPTION: has the program alone

BUILD ARG   VALUE    DESCRIPTION
BASE        alpine   is the image to start from
VERSION     1        of the program
DEBUG                adds symbols

SECRET   REQUIRED
token    true

SSH       REQUIRED
default

CACHE
/c

TEXT
cmp text wanted || fail "$(diff text wanted)"
outline() { builder build --call=outline,format=json "$@" . | jq -c "$filter"; }
filter='[.name, [.args[] | [.name, .value]], .secrets[0].required]'
assert_equal "$(outline --build-arg DEBUG=2 --build-arg BASE=debian --target compile)" \
    '["compile",[["BASE","debian"],["VERSION","1"],["DEBUG","2"]],true]'
filter='[.args[].name]' && assert_equal "$(outline --target other)" '["UNSEEN"]'
builder build --call=targets . >text
cat >wanted <<'TEXT'
TARGET            DESCRIPTION
compile           makes the program
other
release (default) has the program alone
TEXT
cmp text wanted || fail "$(diff text wanted)"
assert_equal "$(builder build --call=targets,format=json . | jq -c '.targets[2] | [.name, .default, .base, .location.ranges[0].start.line]')" \
    '["release",true,"scratch",14]'
