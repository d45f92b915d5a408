# Contexts and files that are not there.
mkdir ctx
be build ctx
be build nosuch
be build -f nosuch ctx
be build --ignorefile nosuch ctx
printf 'FROM scratch\nLABEL a=b\n' >ctx/Containerfile
be build ctx/Containerfile
