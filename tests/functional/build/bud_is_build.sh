# The command's other names do the same.
. "$(dirname "$0")/../library.sh"
make_base
printf 'FROM base\nLABEL a=b\n' >Dockerfile
first=$(builder build -q .)
assert_equal "$(builder bud -q .)" "$first" "bud"
assert_equal "$(builder build-using-dockerfile -q .)" "$first" "build-using-dockerfile"
