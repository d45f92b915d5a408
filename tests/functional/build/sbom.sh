# A list of what is in an image, by the programs of a scanner image: of the image's files and of the context, as one.
. "$(dirname "$0")/../library.sh"
make_base
mkdir scanner context && echo one >context/from-context
cat >scanner/scan <<'SCAN'
#!/bin/sh
# scan KIND FOLDER OUTPUT: a component for each file at the top.
touch "$2/written" 2>/dev/null && exit 9
items=
for file in "$2"/*; do
    name=${file##*/}
    if [ "$1" = spdx ]; then
        items="$items{\"name\":\"$name\",\"versionInfo\":\"1\",\"externalRefs\":[{\"referenceType\":\"purl\",\"referenceLocator\":\"pkg:x/$name\"}]},"
    else
        items="$items{\"name\":\"$name\",\"version\":\"1\",\"purl\":\"pkg:x/$name\"},"
    fi
done
items=${items%,}
if [ "$1" = spdx ]; then echo "{\"spdxVersion\":\"SPDX-2.3\",\"packages\":[$items]}"; else echo "{\"bomFormat\":\"CycloneDX\",\"components\":[$items]}"; fi >"$3"
SCAN
chmod +x scanner/scan
builder build -q -t scanner -f - scanner >/dev/null <<<$'FROM base\nCOPY scan /bin/scan'
scanned() { # KIND FLAGS...
    builder build -q -t it --sbom-scanner-image scanner --sbom-scanner-command "scan $1 {ROOTFS} {OUTPUT}" \
        --sbom-scanner-command "scan $1 '{CONTEXT}' {OUTPUT}" "${@:2}" -f - context >build.id <<<$'FROM scratch\nCOPY from-context /in-image\nCOPY from-context /both'
}
echo two >context/both
scanned cyclonedx --sbom-merge-strategy merge-cyclonedx-by-component-name-and-version --sbom-output out.json --sbom-purl-output purl.json \
    --sbom-image-output /lists/sbom.json --sbom-image-purl-output /lists/purl.json
assert_equal "$(jq -c '[.components[].name] | sort' out.json)" '["both","from-context","in-image"]'
assert_equal "$(jq -c '[.image_contents.dependencies[].purl]' purl.json)" '["pkg:x/both","pkg:x/from-context","pkg:x/in-image"]'
assert_equal "$(file it /lists/sbom.json)" "$(cat out.json)"
assert_equal "$(file it /lists/purl.json)" "$(cat purl.json)"
assert_lacks "$(layer it)" .rootfs
assert_equal "$(config it '.history[-1].created_by')" '"SBOM"'
scanned spdx --sbom-merge-strategy merge-spdx-by-package-name-and-versioninfo --sbom-output out.json --sbom-purl-output purl.json
assert_equal "$(jq -c '[.packages[].name] | sort' out.json)" '["both","from-context","in-image"]'
assert_equal "$(jq '.image_contents.dependencies | length' purl.json)" 3
assert_lacks "$(layer it)" lists
scanned spdx --sbom-output out.json
assert_equal "$(jq -s length out.json)" 2 "cat puts them one behind the other"
assert_fails_with 125 scanned spdx --sbom-merge-strategy merge-cyclonedx-by-component-name-and-version --sbom-output out.json
assert_contains "$output" "bomFormat"
# A commit has no context.
container=$(builder from base)
builder commit -q --sbom-scanner-image scanner --sbom-scanner-command 'scan cyclonedx {ROOTFS} {OUTPUT}' --sbom-image-output /sbom.json "$container" it >/dev/null 2>&1
assert_contains "$(file it /sbom.json)" '"name":"bin"'
# What goes wrong is said.
bad() { assert_fails_with 125 builder build "$@" -f - context <<<'FROM base'; }
bad --sbom-output x.json && assert_contains "$output" "--sbom-scanner-image"
bad --sbom=nosuch && assert_contains "$output" "syft-spdx"
bad --sbom-scanner-image scanner --sbom-scanner-command 'false {OUTPUT}' && assert_contains "$output" "failed with exit code 1"
bad --sbom-scanner-image scanner --sbom-scanner-command 'true {OUTPUT}' && assert_contains "$output" "wrote nothing"
bad --sbom --pull=never && assert_contains "$output" "ghcr.io/anchore/syft"
# A link in the place of the document leads nowhere, and a FIFO is not waited for; scanners have the network of the steps.
echo "secret of the machine" >secret
tricky() { # SCRIPT FLAGS...
    printf 'FROM base\nRUN printf "%%s" '"'%s'"' >/bin/trick && chmod +x /bin/trick' "$1" | builder build -q -t tricky - >/dev/null
    builder build --no-cache --sbom-scanner-image tricky --sbom-scanner-command 'sh /bin/trick {OUTPUT}' --sbom-output out.txt "${@:2}" -f - context 2>&1 <<<'FROM base'
}
for trick in 'echo HAS-RUN; ln -s '"$place"'/secret $1' 'echo HAS-RUN; mkfifo $1' 'echo HAS-RUN; mkdir $1'; do
    rm -f out.txt
    status=0
    tricky "$trick" >log || status=$?
    assert_contains "$(cat log)" HAS-RUN
    assert_equal "$status" 125 "$trick"
    [[ ! -e out.txt ]] || assert_lacks "$(cat out.txt)" secret
done
tricky 'ls /sys/class/net >$1' --network none >log || fail "$(cat log)"
assert_equal "$(cat out.txt)" lo
