# A file whose name ends in .in goes through the C preprocessor.
. "$(dirname "$0")/../library.sh"
needs cpp
make_base
mkdir context
printf 'RUN echo included >/included\n' >context/part
cat >context/Containerfile.in <<'CONTAINERFILE'
# syntax is a comment here
#define NAME base
FROM NAME
#include "part"
#ifdef EXTRA
RUN echo EXTRA >/extra
#endif
CONTAINERFILE
builder build -q -t it -f Containerfile.in --cpp-flag=-DEXTRA=more context >/dev/null 2>&1
assert_equal "$(file it included)" included
assert_equal "$(file it extra)" more
builder build -q -t it -f context/Containerfile.in context >/dev/null 2>&1
assert_lacks "$(layer it)" extra
printf '#include "missing"\nFROM base\n' >context/broken.in
assert_fails_with 125 builder build -f context/broken.in context
assert_contains "$output" "missing"
assert_fails_with 125 env PATH=/nowhere "$program" --root "$place/store" --runroot "$place/run" build -f context/Containerfile.in context
assert_contains "$output" "'cpp' is not installed"
