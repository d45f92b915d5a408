# --volume of a build: O shows a folder and throws away what is written, or keeps it elsewhere; U gives it to the user.
source "$(dirname "$0")/../library.sh"
needs_root
make_base
mkdir empty vol up work
echo host >vol/f
build_with() { builder build --no-cache "$@" -t it -f - empty; }
build_with -v "$place/vol:/m:O" >out <<<$'FROM base\nRUN echo new >/m/new; ls /m\nRUN ls /m | sed s/^/then:/'
assert_contains "$(cat out)" $'f\nnew'
assert_contains "$(cat out)" then:f
assert_lacks "$(cat out)" then:new
assert_equal "$(ls vol)" f "the folder itself stays as it is"
build_with -v "$place/vol:/m:O,upperdir=$place/up,workdir=$place/work" >out <<<$'FROM base\nRUN echo new >/m/new'
assert_equal "$(ls vol) $(ls up)" "f new"
build_with -v "$place/vol:/m:U" >out <<<$'FROM base\nUSER alice\nRUN echo mine >/m/mine; stat -c %U /m/f'
assert_contains "$(cat out)" alice
assert_equal "$(ls vol)" $'f\nmine'
# Two runs of one build with other options are other steps.
builder build -v "$place/vol:/m:O" -t it -f - empty >out <<<$'FROM base\nRUN ls /m'
assert_contains "$(cat out)" mine
assert_fails_with 125 builder build -v "$place/vol:/m:upperdir=/up,workdir=/work" -f - empty <<<'FROM base'
assert_contains "$output" "belong to the option O"
assert_fails_with 125 builder build -v "$place/vol:/m:O,upperdir=/up" -f - empty <<<'FROM base'
assert_contains "$output" "are given together"
assert_fails_with 125 builder build -v "$place/vol/f:/m:O" -f - empty <<<$'FROM base\nRUN true'
assert_contains "$output" "only a folder can be overlaid"
