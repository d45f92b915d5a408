# Policies of from.
base
be from --pull= busybox
be from --pull-always --pull-never busybox
be from --pull=always --pull-never busybox
be from --pull=bogus busybox
bq from --pull-never busybox
