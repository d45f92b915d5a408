# The streams that the caller gives are used as they are: a step as another user gets neither owner nor mode of the files behind them,
# nothing of them is opened anew, and in builds steps have pipes.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
container=$(builder from base)
facts() { stat -c '%n %u:%g %a' in out errors; }
echo input >in && : >out && : >errors && chmod 600 in out errors
before=$(facts)
for isolation in oci chroot; do
    : >out
    builder run --isolation "$isolation" --user alice "$container" -- sh -c 'id -u; cat; readlink /proc/self/fd/1; echo told >&2' <in >out 2>errors
    assert_equal "$(sed -n 1,2p out)" $'1234\ninput' "what alice wrote, $isolation"
    assert_equal "$(cat errors)" told "$isolation"
    assert_equal "$(facts)" "$before" "$isolation"
    # What she may not open by its name she may not open through the descriptor either.
    : >out
    assert_fails_with 1 builder run --isolation "$isolation" --user alice "$container" -- sh -c 'test "$(id -u)" = 1234 && cat /proc/self/fd/0' <in
    assert_contains "$output" "ermission denied" "$isolation"
    log=$(builder build --no-cache --isolation "$isolation" -f - empty 2>&1 <<<$'FROM base\nUSER alice\nRUN for number in 0 1 2; do echo "$number: $(readlink /proc/self/fd/$number)" >&2; done; echo "$(readlink /proc/$$/fd/1) $(readlink /proc/$$/fd/2)"')
    assert_contains "$log" "0: /dev/null" "$isolation"
    assert_contains "$log" "2: pipe:" "$isolation"
done
