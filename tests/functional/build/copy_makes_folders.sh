# Folders that COPY makes are root's with mode 0755, or of --chown; where a folder is copied, a --chmod that is a number of permission bits
# counts for them, as with BuildKit. Those of --parents look as in the source, in time and mode, and --chmod counts for them.
. "$(dirname "$0")/../library.sh"
make_base
mkdir -p context/t/a && echo f >context/t/a/f && chmod 711 context/t && chmod 750 context/t/a && touch -d @1000000000 context/t/a context/t
build context <<'X'
FROM base
COPY --chmod=4755 t /special/
COPY --chmod=0700 t /x/y/z/
COPY --chmod=go-rwx t /symbolic
COPY --chmod=640 t/a/f /file/of/f
COPY --parents t/a/f /kept/
COPY --chmod=640 --parents t/a/f /changed/
RUN mkdir -p -m 700 /there/t && touch -d @5 /there/t
COPY --parents t/a/f t/a/f /there/
RUN stat -c '%n %a' /special /special/a /x /x/y /x/y/z /x/y/z/a /symbolic /symbolic/a /file /file/of /file/of/f >/modes && stat -c '%n %a %Y' /kept/t /kept/t/a /changed/t /there/t /there/t/a >>/modes && stat -c '%n %a' /changed >>/modes
X
assert_equal "$(file it /modes)" "/special 755
/special/a 4755
/x 700
/x/y 700
/x/y/z 700
/x/y/z/a 700
/symbolic 755
/symbolic/a 700
/file 755
/file/of 755
/file/of/f 640
/kept/t 711 1000000000
/kept/t/a 750 1000000000
/changed/t 640 1000000000
/there/t 711 1000000000
/there/t/a 750 1000000000
/changed 755"
