# Times are kept to the nanosecond, in COPY and in RUN.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context
touch -d '2011-11-11 11:11:11.123456789 UTC' context/file
build context <<<$'FROM base\nCOPY file /copied\nRUN touch -d "1999-12-31 23:59:59" /ran && cp -p /copied /kept'
times() { "$python" "$tests/image_facts.py" "$(write_oci it)" times "$1"; }
assert_line "$(times -2)" "copied 1321009871.123456789"
assert_contains "$(times -1)" "ran 946684799"
