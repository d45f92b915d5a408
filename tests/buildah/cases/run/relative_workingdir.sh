# A relative working folder is one of the root; an empty user or folder is that of the configuration.
base
c=$(b from busybox)
b config --workingdir /conf --user user "$c"
b run --workingdir a/b "$c" -- pwd
b run --workingdir '' --user '' "$c" -- sh -c 'pwd; id -u'
b run --user 0 "$c" -- id -u
