# COPY --parents gives folders the looks of their source, so a folder that looks different is another result.
. "$(dirname "$0")/../library.sh"
make_base
mkdir -p context/a/b && touch context/a/b/file && chmod 755 context/a
build context <<<$'FROM base\nCOPY --parents a/b/file /kept/\nRUN test "$(stat -c %a /kept/a)" = 755'
chmod 700 context/a
build context <<<$'FROM base\nCOPY --parents a/b/file /kept/\nRUN test "$(stat -c %a /kept/a)" = 700'
