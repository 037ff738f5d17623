"""The case file: schema, units, material library, and the registries that observables, interface types and terms join."""
