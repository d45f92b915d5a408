# The same word twice is the same image.
base
b rmi busybox busybox
b images -q
