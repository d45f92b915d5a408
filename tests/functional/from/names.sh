# A container is named after its image, with a number where that name is taken; from nothing it has the plain name.
source "$(dirname "$0")/../library.sh"
make_base
assert_equal "$(builder from base)" base-working-container
assert_equal "$(builder from localhost/base:latest)" base-working-container-1
assert_equal "$(builder from scratch)" working-container
assert_equal "$(builder from scratch)" working-container-1
assert_equal "$(builder from --name mine --cidfile id base)" mine
assert_equal "$(builder inspect mine | jq -r .ContainerID)" "$(cat id)"
assert_fails_with 125 builder from --name mine base
assert_contains "$output" 'the container name "mine" is already in use by'
assert_fails_with 125 builder from --pull=never bse
assert_contains "$output" "did you mean base"
builder rm --all >/dev/null
