# Containerfiles that say nothing.
: >empty
printf '# only a comment\n' >comment
printf 'ARG a=b\n' >arg
printf 'LABEL a=b\n' >label
for f in empty comment arg label; do be build -f $f .; done
