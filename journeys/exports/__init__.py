"""A journey as a file: one drawing in primitives, made from the layout, and writers that translate it."""
