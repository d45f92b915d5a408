# ls without a word lists containers, as Buildah's; with an image or a container it lists files.
source "$(dirname "$0")/../library.sh"
make_base
container=$(builder from base)
for same in containers list ps; do
    assert_equal "$(builder ls)" "$(builder $same)" "$same"
    assert_equal "$(builder ls --json)" "$(builder $same --json)" "$same"
done
assert_equal "$(builder ls -q --notruncate)" "$(builder containers -q)"
assert_equal "$(builder ls --noheading --format '{{.ContainerName}}')" "$container"
assert_equal "$(builder ls --filter name=nosuch -q)" ""
assert_equal "$(builder ls -a -q -f "name=$container" | wc -l)" 1
assert_equal "$(builder ls base /etc)" $'group\npasswd'
assert_equal "$(builder ls -l base /etc)" "$(builder files -l base /etc)"
assert_equal "$(builder ls -ln "$container" /etc)" "$(builder files -ln "$container" /etc)"
assert_equal "$(builder ls -R --json base /etc)" "$(builder files -R --json base /etc)"
assert_equal "$(builder ls --format '{{.Path}}' base /etc/group)" /etc/group
assert_fails_with 125 builder ls --recursive
assert_contains "$output" "--recursive is about files"
assert_fails_with 125 builder ls --filter name=x base
assert_contains "$output" "--filter is about the list of containers"
assert_fails_with 125 builder ls nosuch
assert_contains "$output" "nosuch: image not known"
assert_fails_with 125 builder ls base /etc more
builder rm "$container" >/dev/null
