# Numbers and names of info.
base
store() { "$B" $G "$@" info </dev/null | jq -c '.store|[.ContainerStore.number,.ImageStore.number,.GraphTransientStore,.GraphImageStore]'; }
check store
bq from busybox
bq from scratch
check store
host() { "$B" $G info </dev/null | jq -c '.host|[(.OCIRuntime|type),(.uptime|type),(.SwapTotal|type),(.SwapFree|type),(.CgroupVersion|test("^v[12]$")),(.Distribution|keys)]'; }
check host
b info --format '{{.host.os}} {{.host.arch}}'
