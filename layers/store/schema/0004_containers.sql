-- Working containers: what `from` makes and `rm` takes away.
CREATE TABLE containers (
    number     INTEGER PRIMARY KEY,         -- in the order in which they were made
    id         TEXT NOT NULL UNIQUE,        -- 64 random hex digits
    name       TEXT NOT NULL UNIQUE,
    image_id   TEXT REFERENCES images(id),  -- what it was made from; NULL for nothing. An image in use stays.
    image_name TEXT NOT NULL,               -- the name it was asked for by, canonical; may be empty
    -- Name below layers/ of the folder that takes what is written. No row of `layers` has it until it is committed;
    -- then that one transaction gives the container a fresh folder.
    folder     TEXT NOT NULL UNIQUE,
    state      BLOB NOT NULL,               -- configuration and settings, JSON; belongs to builder/containers
    created_at INTEGER NOT NULL             -- seconds since 1970
) STRICT;
CREATE INDEX containers_by_image ON containers(image_id);

-- What commits have made of a container's folders: its layers above those of its image.
CREATE TABLE container_layers (
    container INTEGER NOT NULL REFERENCES containers(number) ON DELETE CASCADE,
    position  INTEGER NOT NULL,             -- 0 is the bottom
    layer_id  INTEGER NOT NULL REFERENCES layers(id),
    PRIMARY KEY (container, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX container_layers_by_layer ON container_layers(layer_id);
