# A file of 200 MB goes through COPY, RUN and push without more than 64 MB of memory.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context && head -c 200M /dev/zero >context/big
# Prints the most memory that the program, or one of the processes it waited for, ever had, in KB.
measured() {
    "$python" -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$program" --root "$place/store" --runroot "$place/run" "$@"
}
limit=65536
used=$(measured build -q -t it -f - context <<<$'FROM base\nCOPY big /big\nRUN cp /big /copy')
((used < limit)) || fail "the build used $used KB"
for packing in none zstd gzip; do
    used=$(measured push -q --compression-format $packing it oci:$packing)
    ((used < limit)) || fail "packing with $packing used $used KB"
done
used=$(measured --root "$place/store/two" pull -q oci:gzip)
((used < limit)) || fail "pulling used $used KB"
