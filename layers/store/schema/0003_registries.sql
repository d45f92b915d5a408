-- What a layer becomes when it is packed: the packers give the same bytes each time, so a registry can be asked for the
-- blob before anything is packed.
CREATE TABLE packed_layers (
    diff_id    TEXT NOT NULL,
    packing    TEXT NOT NULL,        -- compression and level: "gzip 0", "zstd 3"
    digest     TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    PRIMARY KEY (diff_id, packing)
) STRICT, WITHOUT ROWID;

-- Where blobs have been seen, so that a registry can be asked to take them over from another repository of its own.
CREATE TABLE blob_locations (
    digest     TEXT NOT NULL,
    host       TEXT NOT NULL,        -- of the registry, with its port
    repository TEXT NOT NULL,        -- path below it
    last_seen  INTEGER NOT NULL,     -- seconds since 1970
    PRIMARY KEY (digest, host, repository)
) STRICT, WITHOUT ROWID;

-- Manifest lists that are put together here.
CREATE TABLE manifest_lists (
    name     TEXT PRIMARY KEY,       -- canonical, as in names
    document BLOB NOT NULL,          -- the index
    -- Where the content of its members comes from: a JSON object from digest to a place ("docker://NAME@DIGEST") or to
    -- the files of an artifact.
    sources  TEXT NOT NULL,
    added_at INTEGER NOT NULL        -- seconds since 1970
) STRICT, WITHOUT ROWID;

-- Blobs that a manifest list needs: documents and files of artifacts.
CREATE TABLE manifest_list_blobs (
    name   TEXT NOT NULL REFERENCES manifest_lists(name) ON UPDATE CASCADE ON DELETE CASCADE,
    digest TEXT NOT NULL,
    PRIMARY KEY (name, digest)
) STRICT, WITHOUT ROWID;
