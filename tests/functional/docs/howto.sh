# The commands of the how-to pages, typed as they stand.
. "$(dirname "$0")/run_page.sh"
needs docker-registry curl jq openssl htpasswd
make_base
for page in installing coming-from-kaniko "$docs"/howto/*.md; do
    page=${page#"$docs"/}
    run_page "${page%.md}"
done
