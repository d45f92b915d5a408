# ONBUILD is done in the container that `from` makes; one that fails leaves no container.
source "$(dirname "$0")/../library.sh"
make_base
mkdir context
echo text >context/file
builder build -q --format docker -t parent -f - context >/dev/null <<<$'FROM base\nONBUILD ENV who=me\nONBUILD RUN echo "[$who]"; touch /made\nONBUILD COPY file /copied\nONBUILD WORKDIR /w'
cd context
builder from --name child parent >../out 2>../log
cd ..
assert_equal "$(cat out)" $'[me]\nchild'
assert_equal "$(grep STEP log)" $'STEP 1: ENV who=me\nSTEP 2: RUN echo "[$who]"; touch /made\nSTEP 3: COPY file /copied\nSTEP 4: WORKDIR /w'
assert_equal "$(builder run child -- sh -c 'ls /made; cat /copied; echo $who; pwd')" $'/made\ntext\nme\n/w'
assert_equal "$(builder inspect --format '{{.Docker.Config.OnBuild}}' child)" "[]"
# The container's images have no triggers.
builder commit -q -f docker child grandchild >/dev/null
assert_equal "$(builder inspect -t image --format '{{.Docker.Config.OnBuild}}' grandchild)" "[]"
builder build -q --format docker -t failing -f - context >/dev/null <<<$'FROM base\nONBUILD RUN exit 7'
assert_fails_with 7 builder from --name gone failing
assert_contains "$output" 'the ONBUILD trigger "RUN exit 7" failed with exit code 7'
assert_equal "$(builder containers --format '{{.ContainerName}}')" child

# An image gets nothing of this machine: neither files outside the folder where the command is given, nor mounts, nor the host's network.
echo secret >outside
builder build -q --format docker -t reaching -f - context >/dev/null <<<$'FROM base\nONBUILD COPY '"$place"$'/outside /loot'
(cd context && ! builder from --name loot reaching >../out 2>&1) || fail "a file of the host was copied: $(cat out)"
assert_contains "$(cat out)" "no such file or directory"
builder build -q --format docker -t reaching -f - context >/dev/null <<<$'FROM base\nONBUILD COPY ["--contextdir='"$place"$'", "outside", "/loot"]'
(cd context && ! builder from --name loot reaching >../out 2>&1) || fail "a source was taken for a flag: $(cat out)"
assert_contains "$(cat out)" "can be specified after the image or container name"
for flag in --mount=type=bind,source="$place",target=/m --mount=type=secret,id=x,target=/m --network=host --security=insecure; do
    builder build -q --format docker -t reaching -f - context >/dev/null <<<$'FROM base\nONBUILD RUN '"$flag"$' ls /m'
    assert_fails_with 125 builder from --name loot reaching
    assert_contains "$output" "from does not run the ONBUILD trigger" "$flag"
done
assert_equal "$(builder containers --format '{{.ContainerName}}')" child
