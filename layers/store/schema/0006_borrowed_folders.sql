-- What a layer takes from those below it, and manifests that belong to a name.

-- A layer may put files into a folder without describing it; the folder then looks as in the layers below. Where those
-- differ, the same diff ID is several layers. `borrowed` holds the looks that were taken (layers/store/records.hpp);
-- empty: the layer describes all. x'00': nobody noted it at the time, so that the layer is not used for new images.
CREATE TABLE new_layers (
    id         INTEGER PRIMARY KEY,
    diff_id    TEXT NOT NULL,
    folder     TEXT NOT NULL UNIQUE,
    tar_bytes  INTEGER NOT NULL,
    clamp_time INTEGER,
    clamp_all  INTEGER NOT NULL DEFAULT 0,
    boot_id    TEXT,
    borrowed   BLOB NOT NULL DEFAULT x'',
    UNIQUE (diff_id, borrowed)
) STRICT;
INSERT INTO new_layers
    SELECT id, diff_id, folder, tar_bytes, clamp_time, clamp_all, boot_id,
           CASE WHEN diff_id IN (SELECT diff_id FROM blobs WHERE diff_id IS NOT NULL) THEN x'00' ELSE x'' END
    FROM layers;
DROP TABLE layers;
ALTER TABLE new_layers RENAME TO layers;
CREATE INDEX layers_unflushed ON layers(boot_id) WHERE boot_id IS NOT NULL;

-- The manifest that came with a name, where it is another one than the image's: two manifests may have the same
-- configuration, and what one name brings along changes nothing of what has others.
ALTER TABLE names ADD COLUMN manifest BLOB;
ALTER TABLE names ADD COLUMN media_type TEXT;
