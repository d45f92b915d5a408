# Where standard input ends, a program on a terminal sees the end, too: after whole lines, in the middle of one, and whoever reads
# next.
. "$(dirname "$0")/../library.sh"
make_base
container=$(builder from base)
run_with() { # INPUT COMMAND: what its commands print, without the echo of the terminal, which may come anywhere
    printf "$1" | timeout 20 "$program" --root "$place/store" --runroot "$place/run" run -t "$container" -- sh -c "x=\$($2); echo \"(\$x)\"" |
        tr -d '\r\n' | sed 's/.*(\(.*\)).*/\1/'
}
assert_equal "$(run_with 'a\nb\n' 'wc -l')" 2
assert_equal "$(run_with 'abc' 'wc -c')" 3
assert_equal "$(run_with '' 'cat; echo done')" done
assert_equal "$(run_with 'a\n' 'cat; cat; cat; echo done')" adone
# More than a terminal holds, to a program that prints while it reads.
lines=$(seq 30000 | timeout 60 "$program" --root "$place/store" --runroot "$place/run" run -t "$container" -- sh -c 'stty -echo; echo go; cat' | tr -d '\r' | tail -1)
assert_equal "$lines" 30000
builder rm "$container" >/dev/null
