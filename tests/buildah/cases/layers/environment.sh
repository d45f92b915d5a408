# BUILDAH_LAYERS stands for the flag.
base
printf 'FROM busybox\nRUN echo 1 >/f\nRUN echo 2 >/g\n' >Containerfile
BUILDAH_LAYERS=true b build .
BUILDAH_LAYERS=1 b build .
BUILDAH_LAYERS=true b build --layers=false .
