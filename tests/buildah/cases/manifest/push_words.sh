# Places that a list cannot go to.
bq manifest create localhost/list
bq manifest push localhost/list what:ever
phrase 'unknown transport "what"'
bq manifest push --retry-delay never localhost/list dir:x
phrase 'unable to parse retryDelay "never"'
bq manifest push --signature-policy nosuch.json localhost/list dir:x
bq manifest push localhost/list dir:x
check test -e x/manifest.json
