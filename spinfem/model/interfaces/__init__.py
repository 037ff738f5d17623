"""Types of interface, one file each."""
