# What becomes a line of a file below /etc stays one line.
. "$(dirname "$0")/../library.sh"
make_base
build_empty --add-host one:10.0.0.1 --dns 10.0.0.2 --dns-search example.invalid <<<$'FROM base\nRUN cat /etc/hosts /etc/resolv.conf >/lines'
assert_contains "$(file it /lines)" $'10.0.0.1\tone'
assert_contains "$(file it /lines)" "nameserver 10.0.0.2"
refused() { # FLAGS
    assert_fails_with 125 builder build --no-cache "$@" -f - empty <<<$'FROM base\nRUN echo HAS-RUN'
    assert_contains "$output" "line end or another control character"
    assert_lacks "$output" $'\nHAS-RUN'
}
evil=$'\n10.6.6.6\tbank.invalid'
refused --add-host "one:10.0.0.1$evil"
refused --add-host "one$evil:10.0.0.1"
refused --dns "10.0.0.2"$'\nnameserver 10.6.6.6'
refused --dns-search $'example.invalid\nnameserver 10.6.6.6'
refused --dns-option $'ndots:1\rx'
refused --build-arg BUILDKIT_SANDBOX_HOSTNAME="name$evil"
container=$(builder from base)
assert_fails_with 125 builder run --hostname "name$evil" "$container" -- true
