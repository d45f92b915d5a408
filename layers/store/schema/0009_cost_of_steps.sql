-- How long a step ran, so that what is quickly made again goes first when room is needed. 0: nobody noted it.
ALTER TABLE cache ADD COLUMN took_ms INTEGER NOT NULL DEFAULT 0;
