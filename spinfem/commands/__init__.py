"""The commands: arguments and printing. What is heavy (schema, Gmsh, DOLFINx, pictures) is imported by the command that needs it."""
