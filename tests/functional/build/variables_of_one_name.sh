# Of one name ENV wins over ARG in either order, also that of the base image; --env is set before the first instruction of
# each stage; the last --build-arg-file wins, and --build-arg over all.
. "$(dirname "$0")/../library.sh"
make_base
build_empty --build-arg A=given --build-arg B=given <<'CONTAINERFILE'
FROM base AS first
ENV A=env
ARG A=default
ARG B=default
RUN echo "$A $B" >/seen
ENV B=env
RUN echo "$A $B" >>/seen
ARG B
RUN echo "$A $B" >>/seen
LABEL seen=$A-$B
FROM first
ARG A=later
RUN echo "$A $B" >>/seen
CONTAINERFILE
assert_equal "$(file it /seen)" $'env given\nenv env\nenv env\nenv env'
assert_equal "$(config it .config.Labels.seen)" '"env-env"'
builder build -q -t based -f - empty >/dev/null <<<$'FROM base\nENV FROM_BASE=base'
build_empty --build-arg FROM_BASE=given <<<$'FROM based\nARG FROM_BASE\nRUN echo $FROM_BASE >/seen'
assert_equal "$(file it /seen)" base "ENV of the base image"

OWN=mine build_empty --env Q=7 --env OWN --env MISSING --env CHANGED=flag --env P='a=b c' <<'CONTAINERFILE'
FROM base AS other
RUN echo "$Q" >/other
FROM base
ARG Q=8
WORKDIR /$Q
COPY --from=other /other /other
RUN echo "$Q|$OWN|${MISSING-unset}|$CHANGED|$P" >/seen
ENV CHANGED=file
RUN echo "$CHANGED" >>/seen
CONTAINERFILE
assert_equal "$(file it /seen)" $'7|mine|unset|flag|a=b c\nfile'
assert_equal "$(file it /other)" 7 "another stage"
assert_equal "$(config it '.config.Env - [.config.Env[] | select(startswith("PATH="))] | sort')" '["CHANGED=file","OWN=mine","P=a=b c","Q=7"]'
assert_equal "$(config it .config.WorkingDir)" '"/7"'
# Another value is another step.
build_empty --env Q=9 <<<$'FROM base\nRUN echo $Q >/seen'
assert_equal "$(file it /seen)" 9
build_empty --env Q=10 <<<$'FROM base\nRUN echo $Q >/seen'
assert_equal "$(file it /seen)" 10
assert_fails_with 125 builder build --env =x -f - empty <<<'FROM base'
assert_contains "$output" "has no name"

printf 'X=a\nY=a\nZ=a\n' >a
printf 'X=b\nY=b\n' >b
build_empty --build-arg-file a --build-arg Y=flag --build-arg-file b <<<$'FROM base\nARG X\nARG Y\nARG Z\nRUN echo $X $Y $Z >/seen'
assert_equal "$(file it /seen)" "b flag a"
build_empty --build-arg-file b --build-arg-file a <<<$'FROM base\nARG X\nRUN echo $X >/seen'
assert_equal "$(file it /seen)" a
