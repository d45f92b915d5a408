# What goes elsewhere alone leaves no image here.
printf 'FROM scratch\nLABEL a=b\n' >Containerfile
b build -q -t dir:folder .
b images -a -q
b build -q -t oci:lay:x .
b images -a -q
