# With --compat-volumes what RUN writes to a volume is gone after it, and what COPY writes stays; without it both stay.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context && echo copied >context/file
text=$'FROM base\nRUN mkdir /v && echo before >/v/before\nVOLUME /v /made\nRUN echo lost >/v/lost && rm /v/before && echo kept >/kept && test -d /made || test ! -d /made\nCOPY file /v/file\nRUN ls /v >/list'
build --compat-volumes context <<<"$text"
assert_equal "$(file it /list)" $'before\nfile'
assert_equal "$(file it /kept)" kept
assert_contains "$(layer it -4)" "made folder 0755 0:0"
assert_lacks "$(for number in -3 -2 -1; do layer it $number; done)" "lost"
assert_equal "$(config it .config.Volumes)" '{"/made":{},"/v":{}}'
build context <<<"$text"
assert_equal "$(file it /list)" $'file\nlost'
# Volumes of the base image count, too.
build -t volumes context <<<$'FROM base\nRUN mkdir /data\nVOLUME /data'
build --compat-volumes context <<<$'FROM volumes\nRUN echo x >/data/x; echo y >/y'
assert_lacks "$(layer it)" "data"
