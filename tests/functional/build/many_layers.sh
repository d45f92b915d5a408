# A root of more layers than one mount call's options could name.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context
for n in $(seq 160); do printf 'COPY <<X /f%s\n%s\nX\n' "$n" "$n"; done >steps
{ echo "FROM base"; cat steps; echo 'RUN cat /f1 /f80 /f160 >/sum && ls / | grep -c ^f[0-9] >>/sum'; } >Containerfile
builder build -q -t it -f Containerfile context >/dev/null
assert_equal "$(file it /sum)" $'1\n80\n160\n160'
