# RUN --mount=type=ssh: a step may ask the user's agent which keys it has and let it sign, and nothing else.
. "$(dirname "$0")/../library.sh"
needs ssh-agent ssh-keygen g++
make_base
mkdir context
# ask SOCKET KIND: sends an agent a message without content; prints the kind of the answer, and the number of keys.
g++ -static -O0 -x c++ -o context/ask - <<'PROGRAM'
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
int main(int, char** words) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, words[1]);
    const int agent = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(agent, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return std::perror("connect"), 1;
    const unsigned char question[] = {0, 0, 0, 1, static_cast<unsigned char>(std::atoi(words[2]))};
    if (write(agent, question, 5) != 5) return 2;
    unsigned char answer[9] = {};
    for (ssize_t have = 0, wanted = 5, count; have < wanted; have += count) {
        if ((count = read(agent, answer + have, 9 - have)) <= 0) return 3;
        if (have + count >= 5 && answer[4] == 12) wanted = 9;
    }
    std::printf("%d %d\n", answer[4], answer[8]);
}
PROGRAM
# hold SOCKET COUNT: as many connections, kept; prints how many had an answer. The last one is asked again after one was given up.
g++ -static -O0 -x c++ -o context/hold - <<'PROGRAM'
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
static bool ask(const char* path, int& agent) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, path);
    agent = socket(AF_UNIX, SOCK_STREAM, 0);
    const unsigned char question[] = {0, 0, 0, 1, 11};
    unsigned char answer[4096];
    return connect(agent, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
           send(agent, question, 5, MSG_NOSIGNAL) == 5 && read(agent, answer, sizeof answer) > 0;
}
int main(int, char** words) {
    int first = -1, answered = 0;
    for (int i = 0; i < std::atoi(words[2]); ++i) {
        int agent;
        answered += ask(words[1], agent);
        if (i == 0) first = agent;
    }
    close(first);
    int again;
    for (int i = 0; i < 1000; ++i)
        if (ask(words[1], again)) return std::printf("%d and one\n", answered), 0;
    std::printf("%d\n", answered);
}
PROGRAM
for key in one two; do ssh-keygen -q -t ed25519 -N '' -f $key; done
ssh-keygen -q -t ed25519 -N 'a phrase' -f locked
list=11 lock=22 remove_all=19
run_build() { builder build -q -t it "$@" -f - context; }
mount=--mount=type=bind,target=/m
run_build --no-cache --ssh default=one,two >/dev/null <<CONTAINERFILE
FROM base
RUN $mount --mount=type=ssh test "\$(/m/ask \$SSH_AUTH_SOCK $list)" = "12 2" && test "\$(/m/ask \$SSH_AUTH_SOCK $remove_all)" = "5 0" && test "\$(/m/ask \$SSH_AUTH_SOCK $lock)" = "5 0" && test "\$(/m/ask \$SSH_AUTH_SOCK $list)" = "12 2"
RUN $mount --mount=type=ssh,uid=1234,mode=0600,target=/s ls -ln /s >/looks
USER alice
RUN $mount --mount=type=ssh,uid=1234 /m/ask \$SSH_AUTH_SOCK $list
RUN $mount --mount=type=ssh ! /m/ask \$SSH_AUTH_SOCK $list
CONTAINERFILE
assert_contains "$(file it /looks)" "srw-------    1 1234     0"
assert_lacks "$(layer it)" "run"
run_build --no-cache --ssh default=one >/dev/null <<<$'FROM base\nRUN '"$mount"$' --mount=type=ssh /m/hold $SSH_AUTH_SOCK 80 >/held'
assert_equal "$(file it /held)" "64 and one" "connections at the same time"
# The user's own agent, by its variable and by its socket; several agents; one that is not there.
eval "$(ssh-agent -a "$place/agent")" >/dev/null
agent=$SSH_AGENT_PID
before_exit() { kill "$agent"; }
ssh-add -q one
run_build --no-cache --ssh default >/dev/null <<<$'FROM base\nRUN '"$mount"$' --mount=type=ssh,required test "$(/m/ask $SSH_AUTH_SOCK 11)" = "12 1"'
run_build --no-cache --ssh a="$place/agent" --ssh b=one,two >/dev/null <<<$'FROM base\nRUN '"$mount"$' --mount=type=ssh,id=a,target=/a --mount=type=ssh,id=b,target=/b test "$(/m/ask /a 11) $(/m/ask /b 11)" = "12 1 12 2"'
run_build --no-cache --ssh a="$place/agent",raw=true >/dev/null <<<$'FROM base\nRUN '"$mount"$' --mount=type=ssh,id=a,target=/a test "$(/m/ask /a 19)" = "6 0"'
assert_equal "$(ssh-add -l || true)" "The agent has no identities." "a raw socket is not guarded"
assert_fails_with 125 run_build <<<$'FROM base\nRUN --mount=type=ssh,required true'
assert_contains "$output" "--ssh default"
run_build >/dev/null <<<$'FROM base\nRUN --mount=type=ssh test -z "$SSH_AUTH_SOCK"'
assert_fails_with 125 run_build --ssh default=locked <<<'FROM base'
assert_contains "$output" "passphrase"
assert_fails_with 125 run_build --ssh default=nowhere <<<'FROM base'
assert_fails_with 125 env -u SSH_AUTH_SOCK "$program" --root store --runroot run build --ssh default -f - context <<<'FROM base'
assert_contains "$output" "SSH_AUTH_SOCK is not set"
