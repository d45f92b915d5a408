# O: what is written goes away, or to a folder of the caller's; a colon of a path has a backslash in front.
base
mkdir data up work 'a:b' && echo old >data/f && echo colon >a:b/f
c=$(b from busybox)
b run -v "$PWD/data:/data:O" "$c" -- sh -c 'echo new >/data/g; cat /data/f; ls /data'
check ls data
b run -v "$PWD/data:/data:O,upperdir=$PWD/up,workdir=$PWD/work" "$c" -- sh -c 'echo new >/data/g; ls /data'
check ls data up
b run -v "$PWD/data:/data:O,upperdir=$PWD/up,workdir=$PWD/work" "$c" -- ls /data
b run -v "$PWD/a\\:b:/data" "$c" -- cat /data/f
