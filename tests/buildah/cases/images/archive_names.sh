# An archive of Docker has all names of the image.
base
bq tag busybox localhost/x
bq push -q busybox docker-archive:a.tar:name:1
check sh -c 'tar -xOf a.tar manifest.json | jq -c ".[0].RepoTags|sort"'
