# What leads out of a container by way of the kernel is refused: namespaces (CVE-2022-0185, CVE-2022-0492), mounts, keys
# (CVE-2014-9529), handles (CVE-2014-3519), io_uring, bpf, modules, the terminal's input (CVE-2016-7545, CVE-2017-5226).
. "$(dirname "$0")/../library.sh"
needs g++
make_base
mkdir context
g++ -static -O0 -w -o context/probe "$tests/escape/probe.cpp"
things=$(grep -o 'what == "[a-z0-9-]*"' "$tests/escape/probe.cpp" | cut -d'"' -f2)
(($(wc -w <<<"$things") > 25)) || fail "the list of things to try is too short"
build --no-cache context <<CONTAINERFILE
FROM base
COPY probe /probe
RUN for thing in $(echo $things); do /probe \$thing || echo \$thing >>/worked; done; test ! -e /worked || { cat /worked; exit 1; }
USER alice
RUN for thing in $(echo $things); do /probe \$thing || { echo \$thing; exit 1; }; done
CONTAINERFILE
# Programs that only use what is harmless of the same calls work.
build context <<<$'FROM base\nRUN (echo a; echo b) | sort -r | head -1 && unshare true'
