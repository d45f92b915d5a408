# The youngest image comes first.
one() { printf 'FROM scratch\nLABEL n=%s\n' "$1" | "$B" $G build -q -t localhost/$1 "${@:2}" -f - . >/dev/null 2>&1; }
one first --timestamp 100; one second --timestamp 300; one third --timestamp 200
b images --format '{{.Name}}'
b images -q
