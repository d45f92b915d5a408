# Members are removed by the image that they are.
bq manifest create localhost/x docker://busybox docker://busybox:arm64
b manifest remove localhost/x docker://busybox:arm64
s() { "$B" $G manifest inspect localhost/x </dev/null | jq -c '[.manifests[].platform.architecture]'; }
check s
bq manifest remove localhost/x docker://busybox:arm64
phrase 'no instance matching'
