"""How drives change in time, one file each."""
