# No descriptor (CVE-2016-9962, CVE-2024-21626), variable or working directory of the host reaches a step, and none leads
# back to it. The program itself: own_program.sh.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
exec 7<"$place" 8</etc/passwd
assert_equal "$(sh -c 'readlink /proc/$$/fd/7')" "$place" "what a program that is started here has open"
SECRET_OF_THE_HOST=leaked builder build -q --no-cache -t it -f - empty >/dev/null <<'CONTAINERFILE'
FROM base
# Three streams, and the folder that the shell reads.
RUN n=0; for fd in /proc/$$/fd/*; do n=$((n + 1)); case "$(readlink $fd)" in /dev/null|pipe:*|"") ;; *) ls -l $fd; exit 1;; esac; done; test $n = 4
RUN ! env | grep -q leaked && ! tr '\0' '\n' </proc/1/environ | grep -q leaked
RUN test "$(readlink /proc/1/exe)" != "" && ! readlink -f /proc/1/exe | grep -q builder
CONTAINERFILE
for number in 3 5 7 8 9 10 12; do
    assert_fails_with 125 builder build -f - empty <<<$'FROM base\nWORKDIR /proc/self/fd/'$number$'\nRUN cat ../../../../../../..'"$place"'/store/store.db'
    assert_lacks "$output" "SQLite"
done
