# The triggers of a base image run in the build that uses it, and only there.
. "$(dirname "$0")/../library.sh"
make_base
builder build -q -t parent -f - . >/dev/null <<<$'FROM base\nONBUILD RUN echo triggered >/trigger\nONBUILD ENV FROM_PARENT=yes'
! layer parent | grep -q trigger || fail "the trigger ran too early"
build_empty <<<$'FROM parent\nRUN echo $FROM_PARENT >/env'
assert_equal "$(file it /trigger) $(file it /env) $(config it .config.OnBuild)" "triggered yes null"
build_empty <<<$'FROM parent AS it\nFROM it\nRUN cp /trigger /again'
assert_equal "$(file it /again)" triggered
