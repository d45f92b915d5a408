# Flags of artifacts without --artifact.
echo x >f
bq manifest create localhost/x
be manifest add --artifact-type a/b localhost/x f
be manifest add --artifact-layer-type a/b localhost/x f
be manifest add --artifact-annotation a=b localhost/x f
be manifest add --artifact-subject y localhost/x f
