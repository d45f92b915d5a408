# ENV, USER and WORKDIR are inputs of the steps below them; LABEL and CMD are not.
. "$(dirname "$0")/../library.sh"
make_base
with() { printf 'FROM base\n%s\nRUN echo x\n' "$1"; }
is_cached() { grep -q -e '--> Using cache' <<<"$1"; }
with 'LABEL a=1' | build_log . >/dev/null
is_cached "$(with 'LABEL a=2' | build_log .)" || fail "a label made RUN run again"
is_cached "$(with 'CMD ["x"]' | build_log .)" || fail "CMD made RUN run again"
! is_cached "$(with 'ENV A=1' | build_log .)" || fail "ENV did not make RUN run again"
! is_cached "$(with 'USER 5' | build_log .)" || fail "USER did not make RUN run again"
! is_cached "$(with 'WORKDIR /etc' | build_log .)" || fail "WORKDIR did not make RUN run again"
