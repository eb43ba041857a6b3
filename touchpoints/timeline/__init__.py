"""A customer's journey as it is lived: the map it travels, with how each card stands for it."""
