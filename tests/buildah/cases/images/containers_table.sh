# Long names are cut in the table.
base
bq tag busybox localhost/a-very-long-name-of/an-image-to-see-it-cut:with-a-tag
bq from --name x localhost/a-very-long-name-of/an-image-to-see-it-cut:with-a-tag
bq from --name y scratch
b containers
b containers --noheading --notruncate
b containers --format '{{.ImageName}}'
