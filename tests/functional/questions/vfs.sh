# The same answers where overlayfs is not used.
export STORAGE_DRIVER=vfs
for question in blame diff files tree; do
    bash "$(dirname "$0")/$question.sh" || exit
done
