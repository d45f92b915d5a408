# Artifacts, their types and files.
echo x >text.txt; printf '\0\1\2' >binary
bq manifest create localhost/x
bq manifest add --artifact localhost/x text.txt
bq manifest add --artifact --artifact-type t/x localhost/x binary
s() { "$B" $G manifest inspect localhost/x </dev/null | jq -cS '.manifests|map(del(.size,.digest))'; }
check s
bq manifest annotate --annotation a=b localhost/x text.txt
check s
