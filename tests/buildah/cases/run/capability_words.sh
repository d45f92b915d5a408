# Capabilities that there are not, and empty ones.
base
c=$(b from busybox)
b run --cap-add= --cap-drop= "$c" -- grep CapBnd /proc/self/status
bq run --cap-drop nothing "$c" -- true
phrase 'nothing'
bq run --cap-add CAP_NOTHING "$c" -- true
phrase 'CAP_NOTHING'
bq from --cap-add nothing busybox
phrase '"CAP_NOTHING": unknown capability'
