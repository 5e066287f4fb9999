"""What a device shows first: one observation a function, by topic. A child process makes them (`__main__`)."""
