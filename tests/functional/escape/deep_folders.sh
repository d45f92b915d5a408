# A step that makes thousands of folders inside each other ends its build with an error, not builder with a crash; in a cache
# mount they are its own affair, and prune takes them away.
. "$(dirname "$0")/../library.sh"
needs g++
make_base
mkdir context
cat >deep.cpp <<'PROGRAM'
#include <sys/stat.h>
#include <unistd.h>
#include <cstdlib>
int main(int, char** words) {
    if (chdir(words[1]) != 0) return 1;
    for (int level = std::atoi(words[2]); level > 0; --level)
        if (mkdir("d", 0755) != 0 || chdir("d") != 0) return 1;
    return write(1, "made-all\n", 9) == 9 ? 0 : 1;
}
PROGRAM
g++ -static -O0 -w -o context/deep deep.cpp
step() { builder build --no-cache -f - context 2>&1 <<<$'FROM base\nCOPY deep /deep\nRUN mkdir /made\nRUN '"$1"; }
output=$(step '/deep /made 3000') || fail "3,000 levels: $output"
status=0
output=$(step '/deep /made 5000') || status=$?
assert_contains "$output" made-all
assert_equal "$status" 125 "the exit code with 5,000 levels ($output)"
assert_contains "$output" "more than 4000 folders lie inside each other"
output=$(step '--mount=type=cache,target=/c /deep /c 5000') || fail "in a cache: $output"
assert_contains "$output" made-all
builder prune >/dev/null
assert_equal "$(find "$place/store/cache-mounts" -maxdepth 1 -mindepth 1 2>/dev/null | wc -l)" 0 "caches after prune"
