# A build whose steps all come from the cache, or that has none to run, starts no runner.
. "$(dirname "$0")/../library.sh"
needs strace
make_base
mkdir empty
printf 'FROM base\nRUN echo text >/file\n' >Containerfile
runners() { strace -f -qq -e trace=execveat -o calls "$program" --root "$place/store" --runroot "$place/run" build -q -f Containerfile empty >/dev/null; awk "/ execveat\\(/ { n++ } END { print n + 0 }" calls; }
assert_equal "$(runners)" 1 "runners of a build with a step"
assert_equal "$(runners)" 0 "runners of a cached build"
