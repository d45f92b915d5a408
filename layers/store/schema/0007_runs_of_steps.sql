-- A record of a step is good only on top of the very files that the step was run on: two runs of one step may have given
-- different files. Records of before do not say what they were made on, so none of them is taken over.
DROP TABLE cache;
CREATE TABLE cache (
    key       TEXT PRIMARY KEY,        -- digest over everything that the result depends on
    below     TEXT NOT NULL,           -- what it was made on: the run of the step below, or the digest of an image's layers
    run       TEXT NOT NULL,           -- names this run of the step, at random
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

-- Which layers were searched for which secrets: a mark says that, and too little to find the secrets by (see
-- layers/secret_scan.hpp).
CREATE TABLE searched_layers (
    layer_id INTEGER NOT NULL REFERENCES layers(id) ON DELETE CASCADE,
    mark     INTEGER NOT NULL,
    PRIMARY KEY (layer_id, mark)
) STRICT, WITHOUT ROWID;
