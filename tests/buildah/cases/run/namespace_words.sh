# Namespaces that there are not.
base
c=$(b from busybox)
for f in ipc pid uts cgroupns; do
    bq run --$f /nosuch/ns "$c" -- true
done
bq run --ipc /nosuch "$c" -- true
phrase 'checking ipc namespace' 'no such file or directory'
bq run --uts odd "$c" -- true
phrase 'checking uts namespace'
bq from --ipc /nosuch busybox
phrase 'checking ipc namespace'
