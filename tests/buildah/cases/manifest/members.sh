# How members are shown.
bq manifest create localhost/x docker://busybox docker://busybox:arm64
s() { "$B" $G manifest inspect localhost/x </dev/null | sed 's/"size": [0-9]*/"size": N/'; }
check s
bq manifest annotate --os-version 1 --variant v9 --annotation a=b localhost/x docker://busybox:arm64
check s
bq manifest annotate --index --annotation c=d localhost/x
check s
