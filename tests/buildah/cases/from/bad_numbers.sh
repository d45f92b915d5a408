# Numbers that cannot be negative, and sizes that are none.
base
be from --cpu-shares -2 busybox
be from --cpu-period -1 busybox
be from --shm-size= busybox
be from --pull= busybox
be from --cpu-quota -1 --name good busybox
