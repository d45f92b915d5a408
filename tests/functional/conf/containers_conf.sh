# containers.conf gives what flags do not: files one over the other, flags over all of them.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty shared && echo of-the-host >shared/file
export CONTAINERS_CONF=$place/conf
conf() { cat >"$CONTAINERS_CONF"; }
steps() { builder build -q --no-cache -t it -f - "$@" empty >/dev/null; }
refuses() { assert_fails_with "${2:-1}" builder build -f - empty <<<'FROM base'; assert_contains "$output" "$1"; }

conf <<CONF
[containers]
env = ["FROM_CONF=yes", "PATH=/nowhere"]
http_proxy = false
default_ulimits = ["nofile=100:200"]
default_capabilities = ["CHOWN", "KILL"]
dns_servers = ["10.1.2.3"]
dns_searches = ["conf.invalid"]
volumes = ["$place/shared:/mnt/conf:ro"]
shm_size = "8m"
host_containers_internal_ip = "10.9.9.9"
label = false
[engine]
env = ["https_proxy=http://engine.invalid"]
runtime = "kata"
[nonsense]
key = 1
CONF
steps <<<$'FROM base\nRUN env >/env; ulimit -Hn >/limit; grep CapEff /proc/self/status >/caps; cat /etc/resolv.conf >/dns; cat /mnt/conf/file >/file; df -k /dev/shm >/shm; cat /etc/hosts >/hosts'
assert_line "$(file it /env)" FROM_CONF=yes
assert_lacks "$(file it /env)" nowhere
assert_lacks "$(file it /env)" proxy
assert_equal "$(file it /limit)" 200
assert_contains "$(file it /caps)" 0000000000000021
assert_equal "$(file it /dns)" $'search conf.invalid\nnameserver 10.1.2.3'
assert_equal "$(file it /file)" of-the-host
assert_contains "$(file it /shm)" 8192
assert_contains "$(file it /hosts)" $'10.9.9.9\thost.containers.internal'
assert_lacks "$(builder inspect it)" FROM_CONF
# Flags win; where values add up, both are there.
steps --ulimit nofile=50:60 --dns 10.4.5.6 --shm-size 4m --http-proxy --cap-add SETUID <<<$'FROM base\nRUN env >/env; ulimit -Hn >/limit; grep CapEff /proc/self/status >/caps; cat /etc/resolv.conf >/dns; df -k /dev/shm >/shm'
assert_equal "$(file it /limit)" 60
assert_contains "$(file it /dns)" 'nameserver 10.4.5.6'
assert_lacks "$(file it /dns)" 10.1.2.3
assert_contains "$(file it /shm)" 4096
assert_contains "$(file it /caps)" 00000000000000a1
assert_contains "$(file it /env)" https_proxy=http://engine.invalid
# What a step is given is part of its key.
builder build -q -t it -f - empty >/dev/null <<<$'FROM base\nRUN echo "$FROM_CONF" >/said'
sed -i 's/FROM_CONF=yes/FROM_CONF=no/' conf
builder build -q -t it -f - empty >/dev/null <<<$'FROM base\nRUN echo "$FROM_CONF" >/said'
assert_equal "$(file it /said)" no
# Working containers, too: at each run.
container=$(builder from --ulimit nofile=70:80 base)
assert_equal "$(builder run "$container" sh -c 'echo $FROM_CONF; ulimit -Hn; cat /mnt/conf/file')" $'no\n80\nof-the-host'
# Another file over it; arrays are replaced, or grow.
printf '[containers]\nenv = ["MORE=1", {append = true}]\nvolumes = []\n' >over
export CONTAINERS_CONF_OVERRIDE=$place/over
assert_equal "$(builder run "$container" sh -c 'echo $FROM_CONF $MORE; test ! -e /mnt/conf')" "no 1"
unset CONTAINERS_CONF_OVERRIDE
assert_contains "$(builder --log-level debug build -f - empty <<<'FROM base' 2>&1)" "nonsense.key means nothing to builds"
# Broken ones are told with their place.
printf '[containers]\n\nenv = [\n' >conf
refuses "line 3"
printf '[containers]\nenv = 1\n' >conf
refuses "field env of containers of $place/conf: expected a list of texts"
printf '[containers]\nshm_size = "lots"\n' >conf
refuses "lots" 125
rm conf
refuses "$place/conf"
assert_fails_with 1 builder images -q base
assert_contains "$output" "$place/conf" "commands that build nothing read it as well"
