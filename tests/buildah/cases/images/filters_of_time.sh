# until, since and before.
one() { printf 'FROM scratch\nLABEL n=%s\n' "$1" | "$B" $G build -q -t localhost/$1 "${@:2}" -f - . >/dev/null 2>&1; }
one old --timestamp 1000; one new --timestamp 1700000000
b images --filter until=2000-01-01 --format '{{.Name}}'
b images --filter since=localhost/old --format '{{.Name}}'
b images --filter before=localhost/new --format '{{.Name}}'
