"""Physical processes in the bulk, one file each."""
