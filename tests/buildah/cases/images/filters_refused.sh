# Filters that are none.
be images --filter nosuch=1
be images --filter =
be images --filter containers=x
be images --filter digest=x
b images --filter ''
