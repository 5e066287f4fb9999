"""What stands on the disk and goes over the pipe, and reading and writing it."""
