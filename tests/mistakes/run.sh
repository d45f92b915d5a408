# Two hundred and more mistakes that people make, and what builder answers to each: ./commands, ./answers. To take new answers
# over, after reading them: BUILDER_ANSWERS=new bash tests/mistakes/run.sh >tests/mistakes/answers
here=$(dirname "$(readlink -f "$0")")
. "$(dirname "$0")/../functional/library.sh"
needs_root

make_base
mkdir ctx empty near other
echo text >ctx/file
printf 'FROM base\n' >ctx/Containerfile
printf 'FROM base\nRUN true\n' >runs
printf 'FROM base AS first\nFROM base AS second\n' >two
printf 'FROM 127.0.0.1:9/private\n' >private
printf 'FROM base\n' >near/app.Dockerfile
printf '#!/bin/sh\r\necho hello\r\n' >ctx/crlf.sh
printf '#!/usr/bin/python\nprint()\n' >ctx/no-python.sh
chmod +x ctx/*.sh
builder from --name c base >quiet
unset SSH_AUTH_SOCK
export DOCKER_HOST=unix:///nosuch.sock
f() { printf '%s\n' "$@" | builder build -f - ctx; }

# What differs from run to run, and from machine to machine.
plain() {
    sed -E -e "s#$place#<PLACE>#g" -e "s#$tests#<TESTS>#g" -e 's#sha256:[0-9a-f]{64}#<DIGEST>#g' -e 's#\b[0-9a-f]{64}\b#<ID>#g' -e 's#\b[0-9a-f]{12}\b#<id>#g' \
        -e 's#in [0-9.]+s#in <TIME>#g' -e 's#after [0-9]+ ms#after <TIME> ms#g' -e 's#records of [0-9]+ builds#records of <N> builds#' |
        grep -vE '^(notice: |STEP |COMMIT|-->|Getting image|Copying |Writing manifest|Trying to pull)'
}
answers() {
    local line status
    while IFS= read -r line; do
        [[ -n $line && $line != '#'* ]] || continue
        status=0
        (eval "$line") >said 2>&1 </dev/null || status=$?
        printf '$ %s\n' "$line"
        plain <said || [[ $? == 1 ]]
        printf '[%s]\n\n' "$status"
    done <"$here/commands"
}
if [[ ${BUILDER_ANSWERS:-} == new ]]; then
    answers
    exit 0
fi
answers >now
(($(grep -c '^\$ ' now) >= 200)) || fail "these are no 200 mistakes: $(grep -c '^\$ ' now)"
diff -u "$here/answers" now >changed || fail "answers have changed: $(cat changed)"
