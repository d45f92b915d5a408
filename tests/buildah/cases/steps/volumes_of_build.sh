# --volume with O and U in builds.
base
mkdir vol && echo host >vol/f
printf 'FROM busybox\nUSER user\nRUN stat -c %%u /m/f; ls /m\n' >Containerfile
b build -v "$PWD/vol:/m:O" .
b build -v "$PWD/vol:/m:U" .
check stat -c %u vol/f
printf 'FROM busybox\nRUN echo 1 >/m/one; ls /m\nRUN ls /m\n' >Containerfile
b build -v "$PWD/vol:/m:O" .
check ls vol
