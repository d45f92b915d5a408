-- Images and names are listed in the order in which they came: `added_at` is in nanoseconds from here on.
UPDATE images SET added_at = added_at * 1000000000;
UPDATE names SET added_at = added_at * 1000000000;
