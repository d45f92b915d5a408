-- The database of the store. docs/store_format.md describes it together with the folders beside it.
-- A change of the format is a new file beside this one, with the next number; nothing else lists the files. A file that
-- is on the main branch never changes: stores have been through it.

-- One row a layer folder. Layers are shared: two images with the same diff ID have one folder.
CREATE TABLE layers (
    id         INTEGER PRIMARY KEY,
    diff_id    TEXT NOT NULL UNIQUE,   -- digest of the uncompressed tar, "sha256:…"
    folder     TEXT NOT NULL UNIQUE,   -- name below layers/
    tar_bytes  INTEGER NOT NULL,       -- size of the uncompressed tar
    -- How the times of the files become those in the tar: NULL as they are, else seconds since 1970 that later times
    -- become, or, with clamp_all, all times.
    clamp_time INTEGER,
    clamp_all  INTEGER NOT NULL DEFAULT 0,
    -- The boot during which the folder was written, NULL once it is known to be on the disk. A row of another boot is
    -- not to be trusted: the machine went down before the folder was flushed.
    boot_id    TEXT
) STRICT;
CREATE INDEX layers_unflushed ON layers(boot_id) WHERE boot_id IS NOT NULL;

-- One row an image; the ID is the digest of its configuration.
CREATE TABLE images (
    id              TEXT PRIMARY KEY,
    config          BLOB NOT NULL,     -- the configuration, byte for byte
    manifest        BLOB NOT NULL,     -- as it came, or as built: layers uncompressed
    manifest_digest TEXT NOT NULL,
    media_type      TEXT NOT NULL,     -- of the manifest
    created         TEXT NOT NULL,     -- RFC 3339, out of the configuration
    size_bytes      INTEGER NOT NULL,  -- sum of the layers' tars
    added_at        INTEGER NOT NULL   -- seconds since 1970
) STRICT, WITHOUT ROWID;

CREATE TABLE image_layers (
    image_id TEXT NOT NULL REFERENCES images(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,         -- 0 is the bottom
    layer_id INTEGER NOT NULL REFERENCES layers(id),
    PRIMARY KEY (image_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX image_layers_by_layer ON image_layers(layer_id);

-- Names of images, canonical: "docker.io/library/busybox:latest".
CREATE TABLE names (
    name     TEXT PRIMARY KEY,
    image_id TEXT NOT NULL REFERENCES images(id) ON DELETE CASCADE,
    added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX names_by_image ON names(image_id);

-- The build cache: what a step with this key gave.
CREATE TABLE cache (
    key       TEXT PRIMARY KEY,        -- digest over everything that the result depends on
    step      TEXT NOT NULL,           -- digest over parent key and instruction without the contents of its inputs
    layer_id  INTEGER REFERENCES layers(id) ON DELETE CASCADE,  -- NULL for a step without a layer
    created   TEXT NOT NULL,           -- RFC 3339, for the history
    last_used INTEGER NOT NULL,        -- seconds since 1970
    -- What went into the key, so that the tool can say why a step ran again: the first input that differs. A list of
    -- names and values, packed (runtime/base/pack.hpp): "instruction", "file src/main.c", "variable VERSION", …
    inputs    BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cache_by_step ON cache(step);
CREATE INDEX cache_by_layer ON cache(layer_id);

-- Blobs below blobs/: what came from elsewhere, kept as it came, so that it can leave bit for bit.
CREATE TABLE blobs (
    digest     TEXT PRIMARY KEY,
    size_bytes INTEGER NOT NULL,
    diff_id    TEXT                    -- of the tar inside, where the blob is a layer
) STRICT, WITHOUT ROWID;
CREATE INDEX blobs_by_diff_id ON blobs(diff_id);

-- Digests of files by what stat(2) says of them, a row a folder, so that what did not change is not read again.
-- The format of `entries` is in layers/store/file_digests.hpp.
CREATE TABLE file_digests (
    device  INTEGER NOT NULL,
    inode   INTEGER NOT NULL,          -- of the folder
    entries BLOB NOT NULL,
    PRIMARY KEY (device, inode)
) STRICT, WITHOUT ROWID;
