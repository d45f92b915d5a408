# --chmod sets octal and symbolic modes on files and folders.
. "$(dirname "$0")/../library.sh"
make_base
mkdir dir
touch dir/file
cat >Containerfile <<'X'
FROM base
COPY --chmod=4750 dir/file /octal
COPY --chmod=u=rwx,go=rX dir /symbolic
X
builder build -q -t it . >/dev/null
assert_line "$(layer it -2)" "octal file 4750 0:0 0"
assert_line "$(layer it -1)" "symbolic folder 0755 0:0 0"
