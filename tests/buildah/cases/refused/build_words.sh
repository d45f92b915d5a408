# Sentences of build.
base
printf 'FROM --nosuch=x busybox\n' >a; be build -f a .
printf 'FROM\n' >a; be build -f a .
printf '# escape=xx\nFROM busybox\n' >a; be build -f a .
printf 'ARG x\nFROM $x\n' >a; be build -f a .
printf 'FROM busybox\nCOPY nosuch /\n' >a; be build -f a .
printf 'FROM busybox AS one\n' >a; be build -f a --target two .
be build -f a --build-arg-file nosuch .
be build -f a --source-date-epoch 1x .
be build -f a --userns host --userns-uid-map 0:1000:10 .
be build -f a -v '' .
: | bq build -
phrase 'cannot find Containerfile or Dockerfile in context directory'
