# Filters choose rows; templates print them; a bad one names what is wrong.
source "$(dirname "$0")/../library.sh"
make_base
build_empty <<<$'FROM base\nLABEL kind=one'
container=$(builder from base)
builder commit -q "$container" >/dev/null
builder tag it example.com/team/it:v2
assert_equal "$(builder images --filter reference=it --format '{{.Name}}:{{.Tag}}' | sort)" $'example.com/team/it:v2\nlocalhost/it:latest'
assert_equal "$(builder images --filter reference='team/*:v2' --format '{{.Tag}}' | sort)" $'latest\nv2' "an image that fits, with all its names"
assert_equal "$(builder images --filter label=kind=one -q | sort -u | wc -l)" 1
assert_equal "$(builder images --filter dangling=true --format '{{.Name}}')" "<none>"
assert_equal "$(builder images --filter dangling!=true -q | sort -u | wc -l)" 2
assert_equal "$(builder images --filter since=base --filter reference=it:v2 --format '{{.Tag}}' | sort)" $'latest\nv2'
assert_equal "$(builder images --filter before=it --format '{{.Name}}')" localhost/base
assert_equal "$(builder images --format 'table {{.Name}} {{.Tag}}' it | head -1 | tr -s ' ')" "REPOSITORY TAG"
assert_equal "$(builder images --format '{{upper .Tag}}{{if eq .Tag "v2"}}!{{else}}?{{end}}' it | sort)" $'LATEST?\nV2!'
assert_equal "$(builder inspect -f '{{range $i, $v := .OCIv1.Config.Env}}{{$i}}{{$v}}{{else}}none{{end}} {{len .FromImageID}} {{index .Docker.Config.Labels "kind"}}' it)" "0PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin 64 one"
assert_equal "$(builder inspect --format '{{json .OCIv1.Config.Labels}}' it)" '{"io.buildah.version":"1.45.0","kind":"one"}'
assert_equal "$(builder containers --format '{{.ContainerName}}')" "$container"
assert_equal "$(builder images --filter 'reference=*i?*' --format '{{.Tag}}' | sort)" $'latest\nv2'
assert_equal "$(builder images --format json | jq -c 'map(.names | length) | add')" 3
assert_equal "$(builder images --format json)" "$(builder images --json)"
assert_equal "$(builder containers --format json)" "$(builder containers --json)"
assert_equal "$(builder images --format '{{json .}}' it | jq -r .Tag | sort)" $'latest\nv2'
assert_equal "$(builder containers --format '{{json .}}' | jq -r .ContainerName)" "$container"
assert_fails_with 125 builder images --format '{{.Nmae}}'
assert_contains "$output" "did you mean Name"
assert_fails_with 125 builder inspect --format '{{.Name' it
assert_contains "$output" "not closed"
assert_fails_with 125 builder images --filter what=1
assert_fails_with 125 builder images nosuch
builder rm "$container" >/dev/null
