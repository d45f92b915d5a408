# Pushes of what is not there, to what is no place.
base
be push nosuch dir:x
be push BAD dir:x
be push '' dir:x
be push nosuch localhost/x
be push --format nosuch busybox dir:x
