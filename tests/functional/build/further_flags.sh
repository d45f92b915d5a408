# The rarer flags of build: what they do to the image, to the steps, and to files beside it.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty shared && echo of-the-host >shared/file
build -t labelled empty <<<$'FROM base\nLABEL a=1 b=2\nENV OLD=1 GONE=1'
export FROM_HERE=here
build --env NEW=1 --env OLD=2 --env FROM_HERE --env NOWHERE --unsetenv GONE --unsetlabel a --os-version 1.2 --os-feature x empty <<<$'FROM labelled\nLABEL c=3'
config=$(builder inspect it | jq -c '.OCIv1 | [(.config.Labels|del(."io.buildah.version")), ([.config.Env[] | select(startswith("PATH=") | not)] | sort), ."os.version", ."os.features"]')
assert_equal "$config" '[{"b":"2","c":"3"},["FROM_HERE=here","NEW=1","OLD=2"],"1.2",["x"]]'
build --omit-history empty <<<$'FROM base\nRUN true'
assert_equal "$(builder inspect it | jq -c '.OCIv1.history // []')" '[]'
build --from labelled empty <<<$'FROM nowhere AS first\nRUN test "$OLD" = 1\nFROM base\nCOPY --from=first /etc/passwd /p'

# Steps.
step() { build --no-cache "$@" empty; }
step -v "$place/shared:/mnt/shared:ro" <<<$'FROM base\nRUN cat /mnt/shared/file >/seen && ! touch /mnt/shared/new'
assert_equal "$(file it /seen)" of-the-host
assert_lacks "$(layer it)" mnt
step --volume "$place/shared:/s" <<<$'FROM base\nRUN echo written >/s/made'
assert_equal "$(cat shared/made)" written
step --mount type=tmpfs,target=/t <<<$'FROM base\nRUN touch /t/x && grep -q " /t " /proc/mounts'
step --dns 10.9.8.7 --dns-search example.invalid --dns-option ndots:2 <<<$'FROM base\nRUN cat /etc/resolv.conf >/r'
assert_equal "$(file it /r)" $'search example.invalid\nnameserver 10.9.8.7\noptions ndots:2'
step --no-hosts --no-hostname <<<$'FROM base\nRUN echo own >/etc/hosts && echo mine >/etc/hostname'
assert_equal "$(file it /etc/hosts) $(file it /etc/hostname)" "own mine"
export HTTPS_PROXY=http://proxy.invalid
step <<<$'FROM base\nRUN test "$HTTPS_PROXY" = http://proxy.invalid'
step --http-proxy=false <<<$'FROM base\nRUN test -z "$HTTPS_PROXY"'
assert_lacks "$(builder inspect it)" proxy.invalid
printf '# values\nA=from-file\r\nB=also\n' >arguments
step --build-arg-file arguments --build-arg B=flag <<<$'FROM base\nARG A\nARG B\nRUN test "$A $B" = "from-file flag"'

# Files.
builder build --iidfile id --iidfile-raw raw --metadata-file metadata --logfile log -t it -f - empty >out <<<$'FROM base\nRUN echo said'
assert_equal "sha256:$(cat raw)" "$(cat id)"
assert_equal "$(cat out)" "" "with --iidfile the ID is in the file only"
assert_contains "$(cat log)" said
assert_equal "$(jq -r '."containerimage.config.digest", ."image.name"' metadata)" "$(cat id)"$'\nlocalhost/it:latest'
assert_equal "$(jq -r '."containerimage.digest"' metadata)" "$(builder inspect --format '{{.FromImageDigest}}' it)"
# What is not there says so; bad values are refused.
assert_fails_with 125 builder build --cw x -f - empty <<<'FROM base'
assert_contains "$output" "--cw"
assert_fails_with 125 builder build -v shared:/x -f - empty <<<'FROM base'
assert_fails_with 125 builder build -v /x:/y:ro,rw -f - empty <<<'FROM base'
assert_fails_with 125 builder build --build-arg-file nowhere -f - empty <<<'FROM base'
