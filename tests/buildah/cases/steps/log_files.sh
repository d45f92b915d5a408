# All that a build tells is in its log, in order.
base
printf 'FROM busybox\nRUN echo out; echo err >&2\nRUN touch /x\n' >Containerfile
be build --logfile log .
check cat log
b build -q --logfile quiet .
check cat quiet
