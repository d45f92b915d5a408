# What is wrong with a command line is told in the sentences that scripts for Buildah look for, with its exit code.
. "$(dirname "$0")/../library.sh"
make_base
builder from --name c base >/dev/null
wrong() { # SENTENCE ARGUMENTS...: the first line of what it prints
    local sentence=$1
    shift
    assert_fails_with 125 builder "$@"
    assert_equal "$(head -1 <<<"$output")" "Error: $sentence" "builder $*"
}
wrong 'unknown flag: --nosuch' images --nosuch
wrong "unknown shorthand flag: 'Z' in -Z" build -Z .
wrong 'flag needs an argument: --tag' build --tag
wrong "flag needs an argument: 't' in -t" build -t
wrong 'invalid argument "maybe" for "-q, --quiet" flag: strconv.ParseBool: parsing "maybe": invalid syntax' images --quiet=maybe
wrong 'invalid argument "x" for "--retry" flag: strconv.ParseInt: parsing "x": invalid syntax' pull --retry x base
wrong 'invalid argument "a"b" for "-p, --port" flag: parse error on line 1, column 2: bare " in non-quoted-field' config --port 'a"b' c
wrong 'accepts 2 arg(s), received 1' rename c
wrong 'accepts at most 1 arg(s), received 3' build . -t late
wrong 'requires at least 2 arg(s), only received 1' tag base
wrong 'requires at least 1 arg(s), only received 0' manifest push
wrong 'accepts between 1 and 2 arg(s), received 3' manifest annotate a b c
wrong 'an image name must be specified' pull
wrong 'too many arguments specified' pull a b
wrong 'container ID must be specified' rm
wrong 'image name or ID must be specified' rmi
wrong 'command must be specified' run c
wrong 'unknown command "x" for "builder version"' version x
wrong 'unknown command "pul" for "builder"' pul
assert_line "$output" "	pull"
for words in "rmi base --force" "pull base --quiet" "inspect c --format" "commit c --rm" "copy c file --chmod" "rm c -a"; do
    wrong "no options (${words##* }) can be specified after the image or container name" $words
done
wrong 'reading build container "nosuch": container not known' run nosuch true
wrong 'removing container "nosuch": container not known' rm nosuch
wrong 'error unmounting container nosuch: container not known' umount nosuch
wrong '1 error occurred:' rmi nosuch
assert_line "$output" "	* nosuch: image not known"
wrong '2 errors occurred:' rmi one two
wrong 'nosuch: image not known' tag nosuch x
wrong 'importing settings: nosuch: image not known' inspect --type image nosuch
wrong 'renaming a container with the same name as its current name' rename c c
wrong 'credential file is not accessible: faccessat nosuch.json: no such file or directory' pull --authfile nosuch.json base
wrong 'unrecognized pull policy "x"' from --pull=x base
wrong 'unsupported pull policy "newer"' pull --policy newer base
wrong 'capability "CAP_KILL" cannot be dropped and added' from --cap-add kill --cap-drop kill base
wrong 'invalid value for add-host: invalid IP address in add-host: "10.1.2.999"' from --add-host a:10.1.2.999 base
wrong 'setting env "NOTSETANYWHERE": no value given' config --env NOTSETANYWHERE c
wrong 'cannot use more then one timestamp option at at time' commit --timestamp 1 --source-date-epoch 2 c x
wrong 'cannot use --logsplit without --logfile' build --logsplit .
# What is right works as there: empty values, short switches with values, lists with commas.
assert_equal "$(builder from --name= --suffix= base)" base-working-container
assert_equal "$(builder from --suffix mine base)" base-mine
assert_equal "$(builder images -n -q=false -f=dangling=true)" ""
builder config --port '80,81/udp' --env 'a=1' --env 'b=$a/${a}x$nosuch' c 2>/dev/null
assert_equal "$(builder inspect --format '{{json .OCIv1.Config.ExposedPorts}}' c)" '{"80":{},"81/udp":{}}'
assert_contains "$(builder inspect --format '{{json .OCIv1.Config.Env}}' c)" '"b=1/1xnosuch"'
# A command that fails, and one that there is not.
assert_fails_with 3 builder run c sh -c 'exit 3'
assert_line "$output" "Error: while running runtime: exit status 3"
assert_fails_with 1 builder run c nosuchprogram
assert_line "$output" "Error: while running runtime: exit status 1"
