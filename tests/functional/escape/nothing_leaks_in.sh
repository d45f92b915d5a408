# No descriptor (CVE-2016-9962, CVE-2024-21626), variable or working directory of the host reaches a step, and none leads
# back to it. The program itself: own_program.sh.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
exec 7<"$place" 8</etc/passwd
SECRET_OF_THE_HOST=leaked builder build -q --no-cache -t it -f - empty >/dev/null <<'CONTAINERFILE'
FROM base
RUN for fd in /proc/self/fd/*; do case "$(ls -l $fd 2>/dev/null)" in *"/dev/null"|*"pipe:"*|*"/proc/"*|"") ;; *) ls -l $fd; exit 1;; esac; done
RUN ! env | grep -q leaked && ! tr '\0' '\n' </proc/1/environ | grep -q leaked
RUN test "$(readlink /proc/1/exe)" != "" && ! readlink -f /proc/1/exe | grep -q builder
CONTAINERFILE
for number in 3 5 7 8 9 10 12; do
    assert_fails_with 125 builder build -f - empty <<<$'FROM base\nWORKDIR /proc/self/fd/'$number$'\nRUN cat ../../../../../../..'"$place"'/store/store.db'
    assert_lacks "$output" "SQLite"
done
