# Flags with an empty value behind others with one.
base
b from --name a --cidfile= busybox
b from --name b --isolation= busybox
b from --name c --ipc= busybox
