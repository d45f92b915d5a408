# Of each group of options one can be given.
base
mkdir data
c=$(b from busybox)
for o in rw,ro ro,ro z,Z Z,O private,slave rshared,rprivate bind,rbind exec,noexec U,U; do
    bq run -v "$PWD/data:/data:$o" "$c" -- true
done
bq run -v "$PWD/data:/data:z,Z" "$c" -- true
phrase "can only specify 1 'z', 'Z', or 'O' option"
bq run -v "$PWD/data:/data:private,slave" "$c" -- true
phrase "can only specify 1 '[r]shared', '[r]private', '[r]slave' or '[r]unbindable' option"
b run -v "$PWD/data:/data:ro,private,noexec" "$c" -- ls /data
