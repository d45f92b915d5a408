# create chooses the member of a list.
bq manifest create localhost/x docker://busybox docker://busybox:arm64
bq manifest push -q --all localhost/x docker://$REG/test/own:1
bq manifest create --os linux --arch arm64 localhost/y docker://$REG/test/own:1
s() { "$B" $G manifest inspect localhost/y </dev/null | jq -c '[.manifests[].platform.architecture]'; }
check s
