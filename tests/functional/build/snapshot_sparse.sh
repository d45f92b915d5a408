# A sparse file takes no more room in the store than in the step, and has its size in the layer.
. "$(dirname "$0")/../library.sh"
make_base
build_empty <<<$'FROM base\nRUN truncate -s 300M /sparse && echo end >>/sparse'
assert_line "$(layer it)" "sparse file 0644 0:0 314572804"
(($(du -sm store/layers | cut -f1) < 100)) || fail "the holes were filled: $(du -sm store/layers)"
