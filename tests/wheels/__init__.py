"""What only the environment of wheels can show: `make test-wheels`."""
