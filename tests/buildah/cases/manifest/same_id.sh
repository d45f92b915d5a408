# The ID of a list stays when members come and go.
a=$("$B" $G manifest create localhost/x </dev/null)
d=$("$B" $G manifest add localhost/x docker://busybox </dev/null)
check test "$a" = "${d%%:*}"
e=$("$B" $G manifest remove localhost/x "${d#*: }" </dev/null)
check test "$a" = "${e%%:*}"
check test "$("$B" $G images -q --no-trunc </dev/null)" = "sha256:$a"
