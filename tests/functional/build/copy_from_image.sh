# COPY --from takes files of an image, with their owners, and of a stage by number.
. "$(dirname "$0")/../library.sh"
make_base
build_empty <<'X'
FROM base
RUN echo text >/mine && chown 5:6 /mine && chmod 640 /mine
X
builder tag it donor
build_empty <<'X'
FROM base
RUN echo zero >/zero
FROM base
COPY --from=donor /mine /from-image
COPY --from=0 /zero /from-stage
X
assert_line "$(layer it -2)" "from-image file 0640 5:6 5"
assert_equal "$(file it /from-stage)" zero
