# What steps write to standard error goes there.
base
printf 'FROM busybox\nRUN echo out; echo err >&2\nRUN echo more >&2\n' >Containerfile
be build .
be build -q .
be build --layers .
