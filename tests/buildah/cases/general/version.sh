# The lines of version.
n() { "$B" version </dev/null | sed 's/:.*//'; }
check n
k() { "$B" version --json </dev/null | jq -c keys_unsorted; }
check k
