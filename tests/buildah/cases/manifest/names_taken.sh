# Names of images and lists.
base
bq manifest create busybox
phrase 'already associated'
bq manifest create localhost/x
bq manifest create localhost/x
phrase 'already associated'
bq manifest create --amend localhost/x
be manifest exists localhost/x
be manifest exists localhost/nosuch
