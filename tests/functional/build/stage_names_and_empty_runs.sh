# Stages have names with slashes and out of arguments, and numbers; a RUN may be empty; options of mounts come out of the environment
# of a base image, and a mount without a target is at the working directory.
. "$(dirname "$0")/../library.sh"
make_base
build_empty <<<$'ARG N=Two\nFROM base AS one/1\nRUN echo 1 >/f\nFROM base AS ${N}\nCOPY --from=one/1 /f /g\nFROM two\nRUN cat /g >/seen\nFROM 2\nCOPY --from=one/1 /f /h'
assert_equal "$(file it /seen) $(file it /h)" "1 1"
builder build -q --target one/1 -f - empty >/dev/null <<<$'FROM base AS one/1\nFROM nosuch'
assert_fails_with 125 builder build -f - empty <<<$'ARG N=0two\nFROM base AS $N'
assert_contains "$output" "'0two' is no name for a stage"
assert_fails_with 125 builder build -f - empty <<<$'FROM base AS $N'
build_empty <<<$'FROM base\nRUN\nRUN --network=none\nLABEL a=b'
assert_equal "$(config it .config.Labels.a)" '"b"'
assert_fails_with 125 builder build -f - empty <<<$'FROM base\nRUN []'

# At the working directory.
build_empty <<<$'FROM base\nWORKDIR /work\nRUN --mount=type=tmpfs grep -q " /work tmpfs" /proc/mounts && touch x\nRUN --mount=type=cache touch kept\nRUN --mount=type=cache test -e kept\nRUN ls /work | wc -l >/seen'
assert_equal "$(file it /seen)" 0
mkdir context && echo bound >context/file
builder build -q -t it -f - context >/dev/null <<<$'FROM base\nWORKDIR /work\nRUN --mount=type=bind cat file >/seen'
assert_equal "$(file it /seen)" bound
container=$(builder from base)
assert_fails_with 125 builder run --mount type=bind,src=/etc "$container" true
assert_contains "$output" "must set volume destination"
builder rm "$container" >/dev/null

# Options out of the environment: of the base image, of the stage below, of the stage itself. Mistakes are found when the step runs.
build_empty -t options <<<$'FROM base\nENV MOUNT=type=tmpfs,target=/of-base'
builder build -q -t options -f - empty >/dev/null <<<$'FROM base\nENV MOUNT=type=tmpfs,target=/of-base BAD=type=nosuch'
build_empty <<<$'FROM options\nRUN --mount=$MOUNT grep -o /of-base /proc/mounts >/seen'
assert_equal "$(file it /seen)" /of-base
build_empty <<<$'FROM base AS files\nRUN echo of-stage >/f\nFROM base AS env\nENV MOUNT=type=bind,from=files,target=/t\nFROM env\nRUN --mount=$MOUNT cat /t/f >/seen'
assert_equal "$(file it /seen)" of-stage
assert_fails_with 125 builder build -f - empty <<<$'FROM options\nRUN --mount=$BAD true'
assert_contains "$output" nosuch
builder build --call outline -f - empty <<<$'FROM options\nRUN --mount=$MOUNT true' >/dev/null
# What is known beforehand is judged beforehand.
assert_fails_with 125 builder build -f - empty <<<$'FROM options\nRUN --mount=type=nosuch true'
assert_lacks "$output" "STEP 1"
