# What is wrong with images of sources.
bq source create img
echo x >f
bq source add --annotation bad img f
phrase 'invalid annotation "bad" (expected format is "key=value")'
b source add --annotation a=b=c img f
check jq -c '.manifests|length' img/index.json
bq source create no/where
phrase 'no such file or directory'
bq source create img
