"""What `import spinfem` offers to scripts and notebooks: docs/python.md."""
