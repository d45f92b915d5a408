# Stages that begin with the same step run it once, and one that copies from the others does not keep them from its record.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
for round in 1 2 3 4; do
    step="RUN --mount=type=cache,id=runs,target=/m echo $round >>/m/runs; usleep 300000"
    {
        for stage in 1 2 3 4 5; do printf 'FROM base AS s%s\n%s\nRUN echo %s >/own\n' "$stage" "$step" "$stage"; done
        printf 'FROM base\n%s\n' "$step"
        for stage in 1 2 3 4 5; do echo "COPY --from=s$stage /own /$stage"; done
    } >Containerfile
    timeout 30 "$program" --root "$place/store" --runroot "$place/run" build -t it -f Containerfile empty >log 2>&1 ||
        fail "round $round ended with $?: $(cat log)"
    assert_equal "$(file it /5)" 5
    assert_equal "$(grep -c "^$round$" "$place"/store/cache-mounts/*/runs)" 1 "the step ran"
done
