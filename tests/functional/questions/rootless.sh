# The same questions as an ordinary user, with a range of IDs and with one: owners are those of the image.
source "$(dirname "$0")/../library.sh"
needs jq
an_ordinary_user "${1:-with_ranges}"
[[ -x /bin/busybox ]] || skip "busybox-static is not installed"
mkdir home/context && cp /bin/busybox home/context/busybox
cat >home/context/Containerfile <<'CONTAINERFILE'
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
RUN mkdir /data && echo a >/data/one && chown 12:34 /data/one && chmod 0 /data/one && ln -s one /data/link
RUN chown 56:78 /data/one && echo b >/data/two && rm /data/link
CONTAINERFILE
chown -R 4711:4711 home/context
user_builder build -q -t it "$place/home/context" >/dev/null
assert_equal "$(user_builder files -ln it /data | tr -s ' ' | cut -d' ' -f1-3,5)" $'---------- 56:78 2 one\n-rw-r--r-- 0:0 2 two'
assert_equal "$(user_builder blame --json it /data/one | jq -c '.changes | map([.change, .what, .file.uid])')" '[["changed",["owner"],56],["added",[],12]]'
assert_equal "$(user_builder blame --json it /data/link | jq -c '.changes | map(.change)')" '["deleted","added"]'
assert_equal "$(user_builder diff --files it)" $'Files:\nD /data/link\nC /data/one (owner 12:34 -> 56:78)\nA /data/two'
assert_equal "$(user_builder history --json it | jq length)" 4
assert_equal "$(user_builder tree --json it | jq '.layers | length')" 4
assert_equal "$(user_builder du --json | jq '[([.kinds[].size] | add) == .total, .complete]' -c)" '[true,true]'
