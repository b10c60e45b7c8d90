"""From the statements of a note to a model: roles, products, shapes, broadcasts."""
