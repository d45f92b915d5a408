# What containers.conf says when a container is made holds for it, and for no other.
base
c=$(b from busybox)
printf '[containers]\ndefault_capabilities=["KILL"]\nshm_size="3m"\ndefault_ulimits=["nofile=300:400"]\n' >own.conf
CONTAINERS_CONF_OVERRIDE=$PWD/own.conf b from --name own busybox
show='grep CapBnd /proc/self/status; df -k /dev/shm | tail -1 | tr -s " " | cut -d" " -f2; ulimit -Sn; ulimit -Hn'
b run own -- sh -c "$show"
CONTAINERS_CONF_OVERRIDE=$PWD/own.conf b run "$c" -- sh -c 'grep CapBnd /proc/self/status; df -k /dev/shm | tail -1 | tr -s " " | cut -d" " -f2'
CONTAINERS_CONF_OVERRIDE=$PWD/own.conf b from --name given --shm-size 1m --ulimit nofile=500:600 busybox
b run given -- sh -c 'df -k /dev/shm | tail -1 | tr -s " " | cut -d" " -f2; ulimit -Sn'
