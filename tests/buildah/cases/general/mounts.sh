# mount as JSON.
base
b mount --json
bq from --name a busybox
k() { "$B" $G mount --json a </dev/null | jq -c 'map(keys)'; }
check k
bq mount nosuch1 nosuch2
phrase nosuch1 nosuch2
