# Runs pages of the documentation as somebody would who types in their blocks, one after the other.
. "$(dirname "${BASH_SOURCE[0]}")/../library.sh"
here=$tests/docs
docs=$(readlink -f "$tests/../../docs")
export BUILDER_ROOT=$place/store BUILDER_RUNROOT=$place/run PATH=$place/bin:$PATH
mkdir bin && ln -s "$program" bin/builder
# Where passwords go and settings are read; $REGISTRY_AUTH_FILE would change what docker-registry does.
mkdir -m 700 home runtime
export HOME=$place/home XDG_RUNTIME_DIR=$place/runtime

# A registry that a page starts leaves its number in registry.pid.
before_exit() {
    local file
    for file in "$place"/pages/*/registry.pid "$place"/pages/*/*/registry.pid; do
        [[ ! -e $file ]] || ! kill "$(cat "$file")" 2>/dev/null || echo "the page left its registry running: $file"
    done
}

free_port() { "$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# run_page PAGE: in an empty folder of its own, which stays till the end of the test: pages/NAME. $registry is where port 5000 of
# the page is: the one thing that is changed.
run_page() {
    local page=$docs/$1.md name
    name=$(basename "$1")
    mkdir -p "$place/pages/$name"
    registry=127.0.0.1:$(free_port)
    # The name is what bash prints in front of the line.
    "$python" "$here/page_script.py" "$page" | sed "s/127\.0\.0\.1:5000/$registry/g" >"$place/docs-$name.md"
    grep -q '[^ ]' "$place/docs-$name.md" || fail "$page has no commands"
    (cd "$place/pages/$name" && bash -eE -c 'trap '\''echo "line $LINENO: status $? of: $BASH_COMMAND"'\'' ERR; . "$0"' \
        "$place/docs-$name.md" </dev/null >"$place/$name.log" 2>&1) ||
        fail "$page: $(tail -n 30 "$place/$name.log")"
}
