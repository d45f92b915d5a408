# ARG: global ones for FROM, and in a stage only where declared; the command line over defaults; ENV over ARG.
. "$(dirname "$0")/../library.sh"
make_base
cat >Containerfile <<'X'
ARG BASE=base
ARG WORD=global
FROM $BASE AS one
RUN echo "[$WORD]" >/undeclared
ARG WORD
ARG OTHER=${WORD}-default
RUN echo "$WORD $OTHER" >/declared
ENV OTHER=env
RUN echo $OTHER >/env
FROM one
RUN echo "[$WORD][$OTHER]" >/child
X
builder build -q -t it . >/dev/null
assert_equal "$(file it /undeclared) $(file it /declared) $(file it /env) $(file it /child)" "[] global global-default env [global][env]"
builder build -q --build-arg WORD=given -t it . >/dev/null
assert_equal "$(file it /undeclared) $(file it /declared)" "[] given given-default"
OTHER=from-here builder build -q --build-arg OTHER -t it . >/dev/null
assert_equal "$(file it /declared) $(file it /env)" "global from-here env"
