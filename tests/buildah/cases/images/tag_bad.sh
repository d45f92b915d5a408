# Names that are none.
base
be tag busybox BAD
be tag busybox ''
be tag BAD x
be tag '' x
be tag busybox "x@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
